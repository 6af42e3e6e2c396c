#include "log/log_index.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "log/index_format.hpp"

namespace qd::log {
namespace {

constexpr std::size_t window_bytes = 64 << 10;

bool holds(std::string_view marks, std::uint16_t count, std::uint32_t wanted) {
  if (count == index_format::any) return true;
  for (std::size_t i = 0; i < count; ++i) {
    if (index_format::number(marks, i * 4, 4) == wanted) return true;
  }
  return false;
}

}  // namespace

std::string index_path(const std::string& log_path) {
  return log_path + ".idx";
}

LogIndex::~LogIndex() {
  if (fd_ >= 0) ::close(fd_);
}

bool LogIndex::open(const std::string& log_path, std::string_view head, std::int64_t log_size, std::int64_t place) {
  fd_ = ::open(index_path(log_path).c_str(), O_RDONLY | O_CLOEXEC);
  if (fd_ < 0) return false;
  log_size_ = log_size;
  if (!fill(index_format::head_bytes)) return false;
  if (std::string_view(window_).substr(0, index_format::head_bytes) != index_format::head(head)) return false;
  used_ = index_format::head_bytes;
  if (place <= static_cast<std::int64_t>(used_)) {
    expected_ = 0;
    return true;
  }
  window_.clear();
  used_ = 0;
  at_ = place;
  return true;
}

// Makes so many bytes stand at used_.
bool LogIndex::fill(std::size_t bytes) {
  if (window_.size() - used_ >= bytes) return true;
  window_.erase(0, used_);
  at_ += static_cast<std::int64_t>(used_);
  used_ = 0;
  const auto have = window_.size();
  window_.resize(std::max(bytes, window_bytes));
  ssize_t got = 0;
  do {
    got = pread(fd_, window_.data() + have, window_.size() - have, at_ + static_cast<off_t>(have));
  } while (got < 0 && errno == EINTR);
  window_.resize(have + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return window_.size() >= bytes;
}

std::optional<IndexBlock> LogIndex::next(const IndexQuery& query) {
  using index_format::number;
  if (fd_ < 0 || !fill(index_format::frame_bytes)) return std::nullopt;
  const auto frame = std::string_view(window_).substr(used_);
  const auto size = static_cast<std::size_t>(number(frame, 0, 4));
  const auto checksum = static_cast<std::uint32_t>(number(frame, 4, 4));
  if (size < index_format::fixed_bytes || size > index_format::most_bytes) return std::nullopt;
  if (!fill(index_format::frame_bytes + size)) return std::nullopt;
  const auto record = std::string_view(window_).substr(used_ + index_format::frame_bytes, size);
  if (index_format::checksum(record) != checksum) return std::nullopt;

  IndexBlock block;
  block.offset = static_cast<std::int64_t>(number(record, 0, 8));
  block.size = static_cast<std::int64_t>(number(record, 8, 4));
  block.lines_before = static_cast<std::int64_t>(number(record, 12, 8));
  block.lines = static_cast<std::int64_t>(number(record, 20, 4));
  const auto nodes = static_cast<std::uint16_t>(number(record, 24, 2));
  const auto steps = static_cast<std::uint16_t>(number(record, 26, 2));
  const auto node_bytes = nodes == index_format::any ? 0 : nodes * std::size_t{4};
  const auto step_bytes = steps == index_format::any ? 0 : steps * std::size_t{4};
  const bool fits = size == index_format::fixed_bytes + node_bytes + step_bytes && block.offset >= 0 &&
                    block.size > 0 && block.offset + block.size <= log_size_ &&
                    (expected_ < 0 || expected_ == block.offset);
  if (!fits) return std::nullopt;
  const auto marks = record.substr(index_format::fixed_bytes);
  block.matches = (!query.node || holds(marks, nodes, *query.node)) &&
                  (!query.step || holds(marks.substr(node_bytes), steps, *query.step));
  expected_ = block.offset + block.size;
  last_at_ = at_ + static_cast<std::int64_t>(used_);
  used_ += index_format::frame_bytes + size;
  return block;
}

}  // namespace qd::log
