// The index of a log: a file FILE.idx beside FILE, so that a range of lines, one node or one step are read without the
// rest. It is ours, can be made anew at any time, and is not needed: what it does not cover, or not surely, is read as
// without it.
//
// Format, numbers with the lowest byte first: "QDLI\1\0\0\0", CRC-32 of the log's first 4 KiB (4 bytes), then a record
// for each block of the log, one after the other without a gap, each written when its block is complete:
//   size of what follows after the CRC (4), CRC-32 of that (4): offset of the block in the log (8), its size (4), how
//   many lines stand before it (8) and in it (4), number of marks of nodes (2) and of steps (2), the marks (4 each).
// A number of 65535 means that there are too many: every one may be there. Blocks are 256 KiB, in logs above 1 GB more,
// up to 4 MiB. Offsets are those of the log as it was written, also when it is compressed.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "log/block_marks.hpp"

namespace qd::log {

std::string index_path(const std::string& log_path);  // FILE → FILE.idx

struct IndexBlock {
  std::int64_t offset = 0, size = 0;
  std::int64_t lines_before = 0, lines = 0;  // events of type `log`
  bool matches = true;                       // may have events of the node and step that were asked for
};

// Which blocks have what is asked for.
struct IndexQuery {
  std::optional<std::uint32_t> node, step;
};

// Reads the records one after the other. Used by one thread at a time; blocks; its memory is one record and a window.
class LogIndex {
 public:
  LogIndex() = default;
  ~LogIndex();
  LogIndex(const LogIndex&) = delete;
  LogIndex& operator=(const LogIndex&) = delete;

  // `head` is the log's beginning, 4 KiB of it or all, and `log_size` its size. False: there is no index, or it belongs
  // to another log. `place` is where a reading before stopped, by place(): records in front of it are left out.
  bool open(const std::string& log_path, std::string_view head, std::int64_t log_size, std::int64_t place = 0);
  // Nothing: no more, or what follows is damaged.
  std::optional<IndexBlock> next(const IndexQuery& query);
  // Of the record that next() gave last.
  std::int64_t place() const { return last_at_; }
  std::int64_t end() const { return at_ + static_cast<std::int64_t>(used_); }  // where the next one begins in the index

 private:
  bool fill(std::size_t bytes);

  int fd_ = -1;
  std::int64_t log_size_ = 0;
  std::int64_t expected_ = -1;  // offset of the next block; -1: any
  std::int64_t at_ = 0, last_at_ = 0;
  std::string window_;
  std::size_t used_ = 0;
};

inline constexpr std::size_t index_head_bytes = 4096;  // of the log, that the index remembers

// Writes the index while the log is written. Used by one thread at a time; blocks. Whatever fails ends the index, which
// then covers what it does, and never troubles the log. Logs below the size of a block get none.
class IndexWriter {
 public:
  explicit IndexWriter(std::string log_path) : IndexWriter(log_path, index_path(log_path)) {}
  IndexWriter(std::string log_path, std::string index_file)
      : log_path_(std::move(log_path)), index_file_(std::move(index_file)) {}

  void begin();  // before the first write to the log, which may exist and be longer than its index
  void wrote(std::int64_t log_size, const BlockMarks& marks);  // whole events were appended
  void lost() { over_ = true; }                                // a write failed half-way
  void close();                                                // the log is complete
  std::int64_t covered() const { return block_start_; }
  bool over() const { return over_; }

 private:
  void put_block();

  const std::string log_path_, index_file_;
  bool over_ = false;
  std::int64_t log_size_ = 0;
  std::int64_t block_start_ = 0;
  std::int64_t lines_before_ = 0;
  BlockMarks marks_;
};

// Makes the index of a log that has none, or whose index does not cover it. `keep_going` (may be empty) is asked now
// and then. False: it was stopped, the log is smaller than a block, or another thread is making it. Blocks, reads all
// of the log; memory is a window.
Result<bool> build_index(const std::string& log_path, const std::function<bool()>& keep_going = {});

}  // namespace qd::log
