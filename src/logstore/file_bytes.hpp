// Bytes of files, for the stores. Internal to logstore/.
#pragma once

#include <string>
#include <string_view>

#include "logstore/log_store.hpp"

namespace qd::logstore {

inline constexpr std::size_t piece_bytes = 256 << 10;

// `size` bytes of `body` from `offset` (within it) on; an error when the file holds fewer.
Result<std::string> read_body(const Body& body, std::int64_t offset, std::size_t size);

// All of `body` to a new file at `path`, and to the disk.
Result<> write_body(const Body& body, const std::string& path, const Progress& progress);

// So that a name in it survives a crash of the machine.
Result<> sync_folder(const std::string& path);

// A file that grows piece by piece.
class FileSink {
 public:
  FileSink() = default;
  ~FileSink();
  FileSink(const FileSink&) = delete;
  FileSink& operator=(const FileSink&) = delete;

  Result<> open(const std::string& path);  // new, or emptied
  Result<> append(std::string_view bytes);
  Result<> finish();  // to the disk, and closed
  std::int64_t size() const { return size_; }

 private:
  tl::unexpected<Error> failure(const char* what) const;
  std::string path_;
  int fd_ = -1;
  std::int64_t size_ = 0;
};

}  // namespace qd::logstore
