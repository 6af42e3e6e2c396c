// Compressed logs: a file FILE.gz beside where FILE was, which `zcat` reads whole and we at any offset.
//
// It consists of gzip members, each of one block of the log (256 KiB, larger in logs above 4 GB), and a last, empty one
// whose extra field (subfield "QD") is the index. Its data, numbers with the lowest byte first: "QDX1", size of the log
// (8 bytes), size of a block (8), number of blocks (4), size of each block's member (4 each), size of this last member
// (4): that number stands 14 bytes before the end of the file, where reading begins.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace qd::log {

std::string packed_path(const std::string& path);  // FILE → FILE.gz

// Blocks; memory is one block. The packed file is on the disk before FILE goes; it has FILE's time of change.
Result<> pack_log(const std::string& path);
// Writes the log of FILE.gz to `target`.
Result<> unpack_log(const std::string& path, const std::string& target);

// Both take the path of the plain file, whether the log is compressed or not, as read_log() and stat_log() do.
// Bytes of the log as they were written, fewer at its end.
Result<std::string> read_log_bytes(const std::string& path, std::int64_t offset, std::size_t size);
// Removes it; false when there was nothing.
bool remove_log(const std::string& path);

// A packed log that is open. Used by one thread at a time.
class PackedLog {
 public:
  PackedLog() = default;
  ~PackedLog();
  PackedLog(const PackedLog&) = delete;
  PackedLog& operator=(const PackedLog&) = delete;

  // False: there is no FILE.gz. The error says what is wrong with it.
  Result<bool> open(const std::string& path);
  std::int64_t size() const { return size_; }  // of the log
  int handle() const { return fd_; }
  // Appends up to `size` bytes from `offset` on; fewer at the end.
  Result<> read(std::string& buffer, std::int64_t offset, std::size_t size);

 private:
  Result<> load(std::size_t block);
  tl::unexpected<Error> broken(const char* what) const;

  std::string path_;
  int fd_ = -1;
  std::int64_t size_ = 0, block_size_ = 0;
  std::vector<std::int64_t> starts_;  // of members; one more for the end
  std::size_t loaded_ = SIZE_MAX;
  std::string block_;
};

}  // namespace qd::log
