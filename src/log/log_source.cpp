#include "log/log_source.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace qd::log {

LogSource::LogSource(const std::string& path)
    : path_(path), fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)), error_(errno) {}

LogSource::~LogSource() {
  if (fd_ >= 0) ::close(fd_);
}

Result<> LogSource::prepare() {
  if (fd_ >= 0 || error_ != ENOENT) return {};
  auto opened = packed_.open(path_);
  if (!opened) return fail(opened.error());
  is_packed_ = *opened;
  return {};
}

bool LogSource::missing() const {
  return !is_open() && error_ == ENOENT;
}

tl::unexpected<Error> LogSource::failure(int error) const {
  return fail(ErrorKind::unavailable,
              "Cannot read the execution's log " + path_ + ": " + std::system_category().message(error));
}

LogStat LogSource::stat() const {
  struct stat info {};
  if (fstat(is_packed_ ? packed_.handle() : fd_, &info) != 0) return {};
  return {true, is_packed_ ? packed_.size() : info.st_size,
          info.st_mtim.tv_sec * 1000LL + info.st_mtim.tv_nsec / 1'000'000};
}

Result<> LogSource::read(std::string& buffer, std::int64_t offset, std::size_t size) const {
  if (is_packed_) return packed_.read(buffer, offset, size);
  const std::size_t before = buffer.size();
  buffer.resize(before + size);
  std::size_t filled = 0;
  while (filled < size) {
    const auto got = pread(fd_, buffer.data() + before + filled, size - filled, offset + static_cast<off_t>(filled));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure(errno);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  buffer.resize(before + filled);
  return {};
}

}  // namespace qd::log
