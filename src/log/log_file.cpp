#include "log/log_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "log/rdlog.hpp"

namespace qd::log {
namespace {

constexpr mode_t file_mode = S_IRUSR | S_IWUSR | S_IRGRP;

}  // namespace

LogFile::~LogFile() {
  if (fd_ >= 0) ::close(fd_);
}

tl::unexpected<Error> LogFile::failure(const char* what) const {
  return fail(ErrorKind::unavailable,
              std::string(what) + " the execution's log " + path_ + ": " + std::system_category().message(errno) + ".");
}

Result<> LogFile::open() {
  if (fd_ >= 0) return {};
  const int flags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC;
  fd_ = ::open(path_.c_str(), flags, file_mode);
  if (fd_ < 0 && errno == ENOENT) {
    std::error_code ignored;  // the second open tells
    std::filesystem::create_directories(std::filesystem::path(path_).parent_path(), ignored);
    fd_ = ::open(path_.c_str(), flags, file_mode);
  }
  if (fd_ < 0) return failure("Cannot create");
  struct stat info {};
  if (fstat(fd_, &info) != 0) return failure("Cannot read");
  size_ = info.st_size;
  char last = '\n';
  if (size_ > 0 && pread(fd_, &last, 1, size_ - 1) < 0) return failure("Cannot read");
  in_line_ = last != '\n';
  return {};
}

Result<> LogFile::append(std::string_view text) {
  if (auto opened = open(); !opened) return opened;
  if (size_ == 0) return write_all(std::string(rdlog_header).append(text));
  if (in_line_) {
    if (auto written = write_all("\n"); !written) return written;
  }
  return write_all(text);
}

Result<> LogFile::write_all(std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(fd_, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failure("Cannot write");
    size_ += written;
    in_line_ = text[static_cast<std::size_t>(written) - 1] != '\n';
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<> LogFile::close() {
  if (fd_ < 0) return {};
  if (::close(std::exchange(fd_, -1)) != 0 && errno != EINTR) return failure("Cannot close");
  return {};
}

}  // namespace qd::log
