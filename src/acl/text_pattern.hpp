// A text pattern of a policy: a regular expression that must match the whole text. The common ones (a plain text, `.*`,
// `prefix.*`, `a|b`) are recognised and cost no regular expression.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/regex.hpp"

namespace qd::acl {

// A value; matching is thread-safe.
class TextPattern {
 public:
  // A broken expression matches the text that it is.
  static TextPattern regex(std::string pattern);
  static TextPattern exact(std::string text);

  // `undecided` is the answer when the expression needs more steps than a match may take: true for what forbids, false
  // for what permits.
  bool matches(std::string_view text, bool undecided) const;
  const std::string& source() const { return source_; }
  // The only text that matches; nullptr: there may be others.
  const std::string* only() const { return kind_ == Kind::exact ? &source_ : nullptr; }
  // What every text that matches begins with; "" when that is not easily seen.
  const std::string& prefix() const { return prefix_; }

 private:
  enum class Kind { exact, any, prefix, alternatives, regex };
  Kind kind_ = Kind::exact;
  std::string source_;
  std::string prefix_;  // of every text that matches
  std::vector<std::string> alternatives_;
  std::shared_ptr<const model::Regex> regex_;
};

}  // namespace qd::acl
