#include "logstore/file_bytes.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace qd::logstore {
namespace {

std::string reason() {
  return std::system_category().message(errno);
}

}  // namespace

Result<std::string> read_body(const Body& body, std::int64_t offset, std::size_t size) {
  if (body.path.empty()) return body.text.substr(static_cast<std::size_t>(offset), size);
  const int fd = ::open(body.path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return fail(ErrorKind::unavailable, "cannot read " + body.path + ": " + reason());
  std::string bytes(size, '\0');
  std::size_t filled = 0;
  while (filled < size) {
    const auto got = pread(fd, bytes.data() + filled, size - filled, body.offset + offset + static_cast<off_t>(filled));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    filled += static_cast<std::size_t>(got);
  }
  const std::string why = filled < size ? reason() : std::string();
  ::close(fd);
  if (filled == size) return bytes;
  return fail(ErrorKind::unavailable, "cannot read " + body.path + " at " + std::to_string(body.offset + offset) +
                                          ": it became shorter, or " + why);
}

Result<> write_body(const Body& body, const std::string& path, const Progress& progress) {
  FileSink sink;
  if (auto opened = sink.open(path); !opened) return opened;
  for (std::int64_t done = 0; done < body.size;) {
    if (progress && !progress(done)) return fail(ErrorKind::unavailable, "the transfer to " + path + " was stopped");
    const auto size = std::min<std::int64_t>(static_cast<std::int64_t>(piece_bytes), body.size - done);
    const auto bytes = read_body(body, done, static_cast<std::size_t>(size));
    if (!bytes) return fail(bytes.error());
    if (auto written = sink.append(*bytes); !written) return written;
    done += size;
  }
  return sink.finish();
}

Result<> sync_folder(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return fail(ErrorKind::unavailable, "cannot open the folder " + path + ": " + reason());
  const bool synced = fsync(fd) == 0 || errno == EINVAL;  // some network file systems have no fsync of folders
  const std::string why = reason();
  ::close(fd);
  if (synced) return {};
  return fail(ErrorKind::unavailable, "cannot write the folder " + path + " to the disk: " + why);
}

FileSink::~FileSink() {
  if (fd_ >= 0) ::close(fd_);
}

tl::unexpected<Error> FileSink::failure(const char* what) const {
  return fail(ErrorKind::unavailable, std::string("cannot ") + what + " " + path_ + ": " + reason());
}

Result<> FileSink::open(const std::string& path) {
  path_ = path;
  size_ = 0;
  if (fd_ >= 0) ::close(fd_);
  fd_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR | S_IRGRP);
  if (fd_ < 0) return failure("create");
  return {};
}

Result<> FileSink::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(fd_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failure("write");
    size_ += written;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<> FileSink::finish() {
  const bool synced = fsync(fd_) == 0 || errno == EINVAL;
  if (!synced) return failure("write to the disk");
  if (::close(std::exchange(fd_, -1)) != 0 && errno != EINTR) return failure("close");
  return {};
}

}  // namespace qd::logstore
