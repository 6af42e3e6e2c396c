// The bytes of a log, whether it is compressed or not. Internal to log/.
#pragma once

#include <string>

#include "log/packed_log.hpp"
#include "log/reader.hpp"

namespace qd::log {

// Used by one thread at a time; blocks. `path` outlives it.
class LogSource {
 public:
  explicit LogSource(const std::string& path);
  ~LogSource();
  LogSource(const LogSource&) = delete;
  LogSource& operator=(const LogSource&) = delete;

  Result<> prepare();  // falls back to the compressed file
  bool is_open() const { return fd_ >= 0 || is_packed_; }
  bool missing() const;
  tl::unexpected<Error> open_failure() const { return failure(error_); }
  LogStat stat() const;
  // Appends up to `size` bytes from `offset` on; fewer at the end of the file.
  Result<> read(std::string& buffer, std::int64_t offset, std::size_t size) const;

 private:
  tl::unexpected<Error> failure(int error) const;

  const std::string& path_;
  int fd_;
  int error_;
  bool is_packed_ = false;
  mutable PackedLog packed_;
};

}  // namespace qd::log
