// Regular expressions that users write (job options, node filters, log filters): PCRE2, bounded in time and memory.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
  // The same; nullopt when the match needs more steps or memory than allowed, so that it is not known.
  std::optional<bool> decide(std::string_view text) const;
  // Does some part of `text` match?
  bool contains(std::string_view text) const;

  // A part of the text; `begin` npos: the group took no part in the match.
  struct Span {
    std::size_t begin = std::string_view::npos;
    std::size_t end = std::string_view::npos;
  };
  // The first match at or after `from`: the whole of it, then each group. Empty: there is none. With `whole` only a
  // match of the whole text counts.
  std::vector<Span> search(std::string_view text, std::size_t from = 0, bool whole = false) const;
  std::size_t group_count() const;

 private:
  struct Impl;
  explicit Regex(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace qd::model
