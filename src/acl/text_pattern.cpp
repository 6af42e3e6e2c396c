#include "acl/text_pattern.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace qd::acl {
namespace {

constexpr std::string_view kMeta = "\\^$.|?*+()[]{}";

bool is_literal(std::string_view text) {
  return text.find_first_of(kMeta) == std::string_view::npos;
}

// "a|b" and "(a|b)" of plain texts; empty: it is something else.
std::vector<std::string> alternatives_of(std::string_view pattern) {
  if (pattern.starts_with('(') && pattern.ends_with(')')) pattern = pattern.substr(1, pattern.size() - 2);
  if (pattern.find('|') == std::string_view::npos) return {};
  auto parts = base::split(pattern, '|');
  return std::all_of(parts.begin(), parts.end(), is_literal) ? parts : std::vector<std::string>{};
}

// Are there alternatives outside of parentheses? True too when that is not easily seen.
bool may_have_alternatives(std::string_view pattern) {
  if (pattern.find('|') == std::string_view::npos) return false;
  if (pattern.find('\\') != std::string_view::npos) return true;
  int depth = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '[') {
      const std::size_t end = pattern.find(']', i + 2);
      if (end == std::string_view::npos || pattern.substr(i + 1, end - i - 1).find('[') != std::string_view::npos)
        return true;
      i = end;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')') {
      --depth;
    } else if (c == '|' && depth <= 0) {
      return true;
    }
  }
  return false;
}

// What every text that matches begins with, as far as it is easily seen.
std::string literal_prefix(std::string_view pattern) {
  const std::size_t meta = pattern.find_first_of(kMeta);
  if (meta == std::string_view::npos || may_have_alternatives(pattern)) return {};
  std::string_view prefix = pattern.substr(0, meta);
  const bool repeats_last = pattern[meta] == '?' || pattern[meta] == '*' || pattern[meta] == '{';
  if (repeats_last && !prefix.empty()) {
    std::size_t last = prefix.size() - 1;
    while (last > 0 && (static_cast<unsigned char>(prefix[last]) & 0xC0) == 0x80) --last;
    prefix = prefix.substr(0, last);
  }
  return std::string(prefix);
}

}  // namespace

TextPattern TextPattern::exact(std::string text) {
  TextPattern pattern;
  pattern.source_ = std::move(text);
  return pattern;
}

TextPattern TextPattern::regex(std::string source) {
  TextPattern pattern = exact(std::move(source));
  const std::string_view text = pattern.source_;
  if (is_literal(text)) return pattern;
  if (text == ".*") {
    pattern.kind_ = Kind::any;
    return pattern;
  }
  if (text.ends_with(".*") && is_literal(text.substr(0, text.size() - 2))) {
    pattern.kind_ = Kind::prefix;
    pattern.prefix_ = text.substr(0, text.size() - 2);
    return pattern;
  }
  pattern.alternatives_ = alternatives_of(text);
  if (!pattern.alternatives_.empty()) {
    pattern.kind_ = Kind::alternatives;
    return pattern;
  }
  auto compiled = model::Regex::compile(text);
  if (!compiled) return pattern;
  pattern.kind_ = Kind::regex;
  pattern.prefix_ = literal_prefix(text);
  pattern.regex_ = std::make_shared<const model::Regex>(std::move(*compiled));
  return pattern;
}

bool TextPattern::matches(std::string_view text, bool undecided) const {
  switch (kind_) {
    case Kind::exact:
      return text == source_;
    case Kind::any:
      return true;
    case Kind::prefix:
      return text.starts_with(prefix_);
    case Kind::alternatives:
      return std::find(alternatives_.begin(), alternatives_.end(), text) != alternatives_.end();
    case Kind::regex:
      return text.starts_with(prefix_) && regex_->decide(text).value_or(undecided);
  }
  return false;
}

}  // namespace qd::acl
