#include "model/shell_state.hpp"

#include <algorithm>

namespace qd::model {

namespace {
bool separates_words(char c) {
  return std::string_view(" \t\r\n;&|()<>").find(c) != std::string_view::npos;
}
}  // namespace

void ShellState::read(std::string_view part) {
  for (std::size_t i = 0; i < part.size(); ++i) step(part, i);
}

ShellState::Place ShellState::place() const {
  if (unsure_) return Place::unsafe;
  if (comment_) return Place::comment;
  if (in_word()) return Place::word;
  if (at(Frame::double_quotes)) return Place::double_quotes;
  if (at(Frame::single_quotes)) return Place::single_quotes;
  return Place::unsafe;
}

void ShellState::step(std::string_view part, std::size_t& i) {
  const char c = part[i];
  if (comment_) {
    comment_ = c != '\n';
    word_start_ = true;
    return;
  }
  if (at(Frame::single_quotes)) {
    if (c == '\'') frames_.pop_back();
    return;
  }
  if (at(Frame::arithmetic)) return step_arithmetic(c);
  if (at(Frame::backquotes)) {
    if (c == '`') frames_.pop_back();
    if (c == '\'' || c == '"' || c == '\\') unsure_ = true;
    return;
  }
  if (at(Frame::parameter)) {
    if (c == '}') frames_.pop_back();
    if (std::string_view("'\"\\`$").find(c) != std::string_view::npos) unsure_ = true;
    return;
  }
  if (c == '\\') {
    if (i + 1 >= part.size()) unsure_ = true;  // it would swallow the quote that a value begins with
    ++i;
    word_start_ = false;
    word_ += '\\';
  } else if (c == '$') {
    step_dollar(part, i);
  } else if (c == '`') {
    frames_.push_back(Frame::backquotes);
    word_start_ = false;
  } else if (c == '"') {
    if (at(Frame::double_quotes)) {
      frames_.pop_back();
    } else {
      frames_.push_back(Frame::double_quotes);
    }
    word_start_ = false;
    word_ += c;
  } else if (in_word()) {
    step_word(part, i);
  }
}

void ShellState::step_dollar(std::string_view part, std::size_t& i) {
  word_start_ = false;
  word_ += '$';
  const auto rest = part.substr(i + 1);
  if (rest.empty() || rest.front() == '\'') {
    unsure_ = unsure_ || rest.empty() || in_word();  // $'…' is quoting in some shells and not in others
  } else if (rest.starts_with("((")) {
    frames_.push_back(Frame::arithmetic);
    parens_.push_back(2);
    i += 2;
  } else if (rest.front() == '(') {
    frames_.push_back(Frame::substitution);
    parens_.push_back(0);
    word_start_ = true;
    word_.clear();
    ++i;
  } else if (rest.front() == '{') {
    frames_.push_back(Frame::parameter);
    ++i;
  }
}

void ShellState::step_arithmetic(char c) {
  if (c == '(') ++parens_.back();
  if (c == ')' && --parens_.back() == 0) {
    parens_.pop_back();
    frames_.pop_back();
  }
  if (std::string_view("'\"\\`$").find(c) != std::string_view::npos) unsure_ = true;
}

void ShellState::end_word() {
  if (!frames_.empty() && word_ == "case") unsure_ = true;  // its patterns end in ")" without "("
  word_.clear();
}

void ShellState::step_word(std::string_view part, std::size_t& i) {
  const char c = part[i];
  const auto rest = part.substr(i);
  if (c == '\'') {
    frames_.push_back(Frame::single_quotes);
    word_start_ = false;
    word_ += c;
    return;
  }
  if (c == '#' && word_start_) {
    comment_ = true;
    return;
  }
  if (!separates_words(c)) {
    word_ += c;
    word_start_ = false;
    return;
  }
  end_word();
  word_start_ = true;
  if (rest.starts_with("<<<")) {
    i += 2;
  } else if (rest.starts_with("<<") || rest.starts_with("((")) {
    unsure_ = true;
  } else if (!frames_.empty() && c == '(') {
    ++parens_.back();
  } else if (!frames_.empty() && c == ')') {
    if (parens_.back() > 0) {
      --parens_.back();
    } else {
      frames_.pop_back();
      parens_.pop_back();
      word_start_ = false;
    }
  }
}

bool is_plain_word(std::string_view value) {
  return !value.empty() && std::ranges::all_of(value, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_./:@%+,~-").find(c) != std::string_view::npos;
  });
}

std::string quote_word(std::string_view value) {
  if (is_plain_word(value)) return std::string(value);
  return "'" + quote_at(ShellState::Place::single_quotes, value) + "'";
}

std::string quote_at(ShellState::Place place, std::string_view value) {
  std::string quoted;
  switch (place) {
    case ShellState::Place::double_quotes:
      for (const char c : value) {
        if (c == '"' || c == '\\' || c == '$' || c == '`') quoted += '\\';
        quoted += c;
      }
      return quoted;
    case ShellState::Place::single_quotes:
      for (const char c : value) {
        if (c == '\'') {
          quoted += R"('"'"')";
        } else {
          quoted += c;
        }
      }
      return quoted;
    case ShellState::Place::comment:
      quoted = value;
      std::ranges::replace_if(
          quoted, [](char c) { return c == '\n' || c == '\r'; }, ' ');
      return quoted;
    case ShellState::Place::word:
    case ShellState::Place::unsafe:
      return quote_word(value);
  }
  return quoted;
}

}  // namespace qd::model
