// Files that are built into the program and served as they are: compressed, with a tag, cached by browsers.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "http/message.hpp"

namespace qd::http {

// Immutable; thread-safe.
class StaticFiles {
 public:
  StaticFiles() = default;
  // Reads a bundle: a line of JSON {"files": [{path, type, tag, immutable, plain: [offset, size], gzip, br}]}, then the
  // bytes that the offsets count in. `bundle` must outlive the result. An empty text is an empty bundle.
  static Result<StaticFiles> read(std::string_view bundle);

  bool empty() const { return files_.empty(); }
  // The uncompressed content, or "".
  std::string_view text(std::string_view path) const;
  // The answer to a GET or HEAD of "assets/x.js": 200 in the best form that the client takes, or 304; nullopt when
  // there is no such file. Immutable files may be kept for a year, others are asked for again each time.
  std::optional<Response> answer(const Request& request, std::string_view path) const;

 private:
  struct File {
    std::string type, tag;
    bool immutable = false;
    std::string_view plain, gzip, br;  // empty: not in this form
  };
  std::map<std::string, File, std::less<>> files_;
};

}  // namespace qd::http
