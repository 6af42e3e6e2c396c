// Regular expressions that users write (job options, node filters, log filters): PCRE2, bounded in time and memory.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace qd::model {

// Compiled once, then thread-safe. Patterns are UTF-8 and at most 64 KiB.
class Regex {
 public:
  // The error says what is wrong and at which offset.
  static Result<Regex> compile(std::string_view pattern);
  ~Regex();
  Regex(Regex&&) noexcept;
  Regex& operator=(Regex&&) noexcept;

  // Does the whole of `text` match? False also when the match needs more steps or memory than allowed.
  bool matches(std::string_view text) const;
  // Does some part of `text` match?
  bool contains(std::string_view text) const;

 private:
  struct Impl;
  explicit Regex(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace qd::model
