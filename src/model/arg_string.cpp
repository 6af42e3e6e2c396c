#include "model/arg_string.hpp"

#include <set>

namespace qd::model {

namespace {

bool separates(char c) {
  return static_cast<unsigned char>(c) <= ' ';
}

// Reads the word that starts at `at` and moves `at` behind it.
std::string read_word(std::string_view text, std::size_t& at) {
  std::string word;
  const char mark = text[at] == '"' || text[at] == '\'' ? text[at] : '\0';
  bool quoting = false;
  while (at < text.size()) {
    const char c = text[at];
    if (mark != '\0' && c == mark) {
      if (quoting && at + 1 < text.size() && text[at + 1] == mark) {
        word += mark;
        at += 2;
        continue;
      }
      quoting = !quoting;
      ++at;
      continue;
    }
    if (!quoting && separates(c)) break;
    word += c;
    ++at;
  }
  return word;
}

bool needs_marks(std::string_view word) {
  if (word.empty()) return true;
  for (const char c : word) {
    if (separates(c) || c == '"' || c == '\'') return true;
  }
  return false;
}

}  // namespace

std::vector<std::string> split_args(std::string_view text) {
  std::vector<std::string> words;
  std::size_t at = 0;
  for (;;) {
    while (at < text.size() && separates(text[at])) ++at;
    if (at >= text.size()) return words;
    words.push_back(read_word(text, at));
  }
}

std::string join_args(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) {
    if (!text.empty()) text += ' ';
    if (!needs_marks(word)) {
      text += word;
      continue;
    }
    text += '"';
    for (const char c : word) {
      if (c == '"') text += '"';
      text += c;
    }
    text += '"';
  }
  return text;
}

std::map<std::string, std::string> parse_options(const std::vector<std::string>& words) {
  std::map<std::string, std::string> values;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].size() < 2 || words[i].front() != '-') continue;
    if (i + 1 == words.size()) break;
    values[words[i].substr(1)] = words[i + 1];
    ++i;
  }
  return values;
}

std::map<std::string, std::string> parse_options(std::string_view text) {
  return parse_options(split_args(text));
}

std::string make_arg_string(const std::vector<Option>& options, const std::map<std::string, std::string>& values) {
  std::vector<std::string> words;
  std::set<std::string> written;
  const auto add = [&](const std::string& name, const std::string& value) {
    if (!written.insert(name).second) return;
    words.push_back("-" + name);
    words.push_back(value);
  };
  for (const auto& option : options) {
    if (const auto found = values.find(option.name); found != values.end()) add(option.name, found->second);
  }
  for (const auto& [name, value] : values) add(name, value);
  return join_args(words);
}

}  // namespace qd::model
