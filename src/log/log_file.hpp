// The file below a LogWriter: opened by the first write, only ever appended to. Internal to log/.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace qd::log {

// Blocks. Used by one thread at a time.
class LogFile {
 public:
  explicit LogFile(std::string path) : path_(std::move(path)) {}
  ~LogFile();
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  // Creates the file, or opens the one that is there. append() does it, too.
  Result<> open();
  // Appends `text`, which begins at the start of a line. When a write failed half-way the next one starts a new line.
  Result<> append(std::string_view text);
  Result<> close();

  std::int64_t size() const { return size_; }
  const std::string& path() const { return path_; }

 private:
  Result<> write_all(std::string_view text);
  tl::unexpected<Error> failure(const char* what) const;

  std::string path_;
  int fd_ = -1;
  std::int64_t size_ = 0;
  bool in_line_ = false;  // the file ends inside a line
};

}  // namespace qd::log
