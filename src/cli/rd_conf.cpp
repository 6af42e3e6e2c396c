#include "cli/rd_conf.hpp"

#include <cctype>
#include <optional>

#include "base/text.hpp"

namespace qd::cli {
namespace {

bool name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// Reads one shell word; stops at a blank, `;` or `#` outside of quotes.
class WordReader {
 public:
  WordReader(std::string_view text, const Environment& environment) : text_(text), environment_(environment) {}

  std::optional<std::string> read() {
    std::string word;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (quote_ == 0 && (std::isspace(static_cast<unsigned char>(c)) != 0 || c == ';')) break;
      if (!step(c, word)) return std::nullopt;
    }
    if (quote_ != 0) return std::nullopt;
    return word;
  }
  std::string_view rest() const { return text_.substr(at_); }

 private:
  bool step(char c, std::string& word) {
    if (quote_ == '\'') {
      c == '\'' ? void(quote_ = 0) : word.push_back(c);
      ++at_;
      return true;
    }
    if (c == '`') return false;
    if (c == '$') return expand(word);
    ++at_;
    if (c == '"' || (c == '\'' && quote_ == 0)) {
      quote_ = quote_ == 0 ? c : '\0';
      return true;
    }
    if (c != '\\') {
      word.push_back(c);
      return true;
    }
    if (at_ >= text_.size()) return false;
    const char escaped = text_[at_++];
    const bool kept = quote_ == '"' && std::string_view("$`\"\\").find(escaped) == std::string_view::npos;
    if (kept) word.push_back('\\');
    word.push_back(escaped);
    return true;
  }

  std::string value_of(std::string_view name) const {
    const auto found = environment_.find(std::string(name));
    return found == environment_.end() ? std::string() : found->second;
  }

  bool expand(std::string& word) {
    ++at_;  // the dollar
    if (at_ < text_.size() && text_[at_] == '(') return false;
    if (at_ < text_.size() && text_[at_] == '{') return expand_braces(word);
    const std::size_t start = at_;
    while (at_ < text_.size() && name_character(text_[at_])) ++at_;
    word += at_ == start ? std::string("$") : value_of(text_.substr(start, at_ - start));
    return true;
  }

  bool expand_braces(std::string& word) {
    const std::size_t end = text_.find('}', at_);
    if (end == std::string_view::npos) return false;
    std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    std::size_t length = 0;
    while (length < inside.size() && name_character(inside[length])) ++length;
    const std::string name(inside.substr(0, length));
    inside.remove_prefix(length);
    const bool set = environment_.count(name) > 0;
    std::string value = value_of(name);
    if (inside.starts_with(":-")) {
      word += value.empty() ? std::string(inside.substr(2)) : value;
    } else if (inside.starts_with("-")) {
      word += set ? value : std::string(inside.substr(1));
    } else if (inside.empty()) {
      word += value;
    } else {
      return false;
    }
    return true;
  }

  std::string_view text_;
  const Environment& environment_;
  std::size_t at_ = 0;
  char quote_ = 0;
};

bool apply_line(std::string_view line, Environment& environment) {
  line = base::trim(line);
  if (line.starts_with("export ")) line = base::trim(line.substr(7));
  while (!line.empty() && line.front() != '#') {
    std::size_t length = 0;
    while (length < line.size() && name_character(line[length])) ++length;
    if (length == 0) return false;
    const std::string name(line.substr(0, length));
    line.remove_prefix(length);
    if (!line.starts_with("=")) return base::trim(line).empty();  // `export NAME`
    WordReader reader(line.substr(1), environment);
    const auto value = reader.read();
    if (!value) return false;
    environment.insert_or_assign(name, *value);
    line = reader.rest();
    while (!line.empty() && (line.front() == ';' || line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
    if (line.starts_with("export ")) line = base::trim(line.substr(7));
  }
  return true;
}

}  // namespace

Result<> apply_rd_conf(std::string_view text, const std::string& file, Environment& environment) {
  int number = 0;
  for (const std::string& line : base::split(text, '\n')) {
    ++number;
    if (apply_line(line, environment)) continue;
    return fail(ErrorKind::invalid, file + ", line " + std::to_string(number) +
                                        ": only lines like `export RD_URL=http://host:4440` are read here; "
                                        "other shell code is not run.");
  }
  return {};
}

}  // namespace qd::cli
