// A request's body on disk: for those that are too large for memory. The file goes away with the last who holds it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace qd::http {

// Blocks. append() by one thread at a time.
class BodyFile {
 public:
  // A new file in `folder`, which is made when it is missing; its user alone may read it.
  static Result<std::shared_ptr<BodyFile>> create(const std::string& folder);
  ~BodyFile();
  BodyFile(const BodyFile&) = delete;
  BodyFile& operator=(const BodyFile&) = delete;

  Result<> append(std::string_view bytes);
  const std::string& path() const { return path_; }
  std::uint64_t size() const { return size_; }

 private:
  BodyFile(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
  const std::string path_;
  const int fd_;
  std::atomic<std::uint64_t> size_{0};
};

}  // namespace qd::http
