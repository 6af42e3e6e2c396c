#include "node/copy_source.hpp"

#include <algorithm>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "node/executor.hpp"

namespace qd::node {
namespace {
constexpr std::uint64_t kCopyPiece = 256 * 1024;
}

CopySource CopySource::text(std::string text) {
  CopySource source;
  source.size_ = text.size();
  source.text_ = std::move(text);
  return source;
}

Result<CopySource> CopySource::file(const std::string& path) {
  CopySource source;
  source.path_ = path;
  source.file_ = Fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info {};
  if (!source.file_ || fstat(source.file_.get(), &info) != 0)
    return fail(ErrorKind::not_found, "The file " + path + " cannot be read: " + std::strerror(errno), reason::io);
  if (!S_ISREG(info.st_mode))
    return fail(ErrorKind::invalid, "The file " + path + " is not a regular file.", reason::io);
  source.size_ = static_cast<std::uint64_t>(info.st_size);
  return source;
}

base::Task<Result<std::string>> CopySource::next(base::WorkerPool& pool, base::EventLoop& loop) {
  const auto size = std::min(kCopyPiece, size_ - at_);
  const auto from = at_;
  at_ += size;
  if (size == 0) co_return std::string();
  if (!file_) co_return text_.substr(from, size);
  std::string piece(size, '\0');
  auto reading = base::run_on(pool, loop, [&] {
    return pread(file_.get(), piece.data(), piece.size(), static_cast<off_t>(from)) ==
           static_cast<ssize_t>(piece.size());
  });
  const bool whole = co_await reading;
  if (!whole)
    co_return fail(ErrorKind::unavailable, "The file " + path_ + " could not be read to its end.", reason::io);
  co_return piece;
}

}  // namespace qd::node
