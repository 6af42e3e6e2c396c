#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <set>
#include <unistd.h>

#include "base/guarded.hpp"
#include "base/id.hpp"
#include "log/index_format.hpp"
#include "log/log_index.hpp"
#include "log/mark_scan.hpp"
#include "log/packed_log.hpp"
#include "log/reader.hpp"

namespace qd::log {
namespace {

MarkScan::Read reader_of(const std::string& path) {
  return [&path](std::int64_t offset, std::size_t size) { return read_log_bytes(path, offset, size); };
}

// Logs whose index is being made by this process: whoever comes meanwhile reads without it.
class Making {
 public:
  explicit Making(const std::string& path)
      : path_(path), first_(under_way().with([&](auto& paths) { return paths.insert(path).second; })) {}
  ~Making() {
    if (first_) under_way().with([&](auto& paths) { paths.erase(path_); });
  }
  Making(const Making&) = delete;
  Making& operator=(const Making&) = delete;
  bool first() const { return first_; }

 private:
  static base::Guarded<std::set<std::string>>& under_way() {
    static base::Guarded<std::set<std::string>> paths;
    return paths;
  }
  const std::string path_;
  const bool first_;
};

}  // namespace

void IndexWriter::begin() {
  const auto stat = stat_log(log_path_);
  if (!stat.exists || stat.size == 0) return;
  log_size_ = stat.size;
  if (const auto head = read_log_bytes(log_path_, 0, index_head_bytes)) {
    LogIndex before;
    if (before.open(log_path_, *head, stat.size)) {
      while (const auto block = before.next({})) {
        block_start_ = block->offset + block->size;
        lines_before_ = block->lines_before + block->lines;
      }
      // What stands behind, torn or damaged, would hide what is added.
      if (block_start_ > 0 && ::truncate(index_file_.c_str(), before.end()) != 0) over_ = true;
    }
  }
  if (over_ || block_start_ == stat.size) return;
  log_size_ = block_start_;
  const auto scanned = MarkScan().run(reader_of(log_path_), block_start_, stat.size,
                                      [this](std::int64_t offset, const BlockMarks& marks) {
                                        wrote(offset, marks);
                                        return !over_;
                                      });
  if (!scanned) over_ = true;
}

void IndexWriter::wrote(std::int64_t log_size, const BlockMarks& marks) {
  if (over_) return;
  log_size_ = log_size;
  marks_.merge(marks);
  if (log_size_ - block_start_ >= index_format::block_bytes(block_start_)) put_block();
}

void IndexWriter::close() {
  if (!over_ && block_start_ > 0 && log_size_ > block_start_) put_block();
  over_ = true;
}

void IndexWriter::put_block() {
  constexpr std::int64_t most = 0xffffffff;  // what a record can say
  if (log_size_ - block_start_ > most) {
    over_ = true;
    return;
  }
  std::string bytes;
  if (block_start_ == 0) {
    const auto head = read_log_bytes(log_path_, 0, index_head_bytes);
    if (head) bytes = index_format::head(*head);
    over_ = !head;
  }
  bytes += index_format::record(block_start_, log_size_ - block_start_, lines_before_, marks_);
  const int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (block_start_ == 0 ? O_TRUNC : 0);
  const int fd = over_ ? -1 : ::open(index_file_.c_str(), flags, S_IRUSR | S_IWUSR | S_IRGRP);
  ssize_t written = -1;
  if (fd >= 0) {
    do {
      written = ::write(fd, bytes.data(), bytes.size());
    } while (written < 0 && errno == EINTR);
    ::close(fd);
  }
  over_ = written != static_cast<ssize_t>(bytes.size());
  lines_before_ += marks_.lines();
  block_start_ = log_size_;
  marks_.clear();
}

Result<bool> build_index(const std::string& log_path, const std::function<bool()>& keep_going) {
  const auto stat = stat_log(log_path);
  if (!stat.exists || stat.size < index_format::block_bytes(0)) return false;
  const Making making(log_path);
  if (!making.first()) return false;
  const auto temporary = index_path(log_path) + "." + base::new_uuid();
  IndexWriter writer(log_path, temporary);
  auto scanned = MarkScan().run(reader_of(log_path), 0, stat.size, [&](std::int64_t offset, const BlockMarks& marks) {
    writer.wrote(offset, marks);
    return !writer.over() && (!keep_going || keep_going());
  });
  writer.close();
  const bool whole = scanned && *scanned && writer.covered() == stat.size;
  if (whole && std::rename(temporary.c_str(), index_path(log_path).c_str()) == 0) return true;
  ::unlink(temporary.c_str());
  if (!scanned) return fail(scanned.error());
  return false;
}

}  // namespace qd::log
