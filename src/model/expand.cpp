#include "model/expand.hpp"

#include "model/arg_string.hpp"
#include "model/shell_state.hpp"

namespace qd::model {

namespace {

bool blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

// A piece of a text: literal, or the value of a reference.
struct Piece {
  std::string_view literal;
  std::optional<std::string> value;
  std::string_view reference;  // "option.x", of a value
};

bool is_unquoted(std::string_view reference) {
  return reference.starts_with("unquotedoption.");
}
bool is_option(std::string_view reference) {
  return reference.starts_with("option.") || is_unquoted(reference);
}

// The reference that starts at `at` ("${" is there), without its marks; empty when there is none.
std::string_view reference_at(std::string_view text, std::size_t at) {
  for (std::size_t end = at + 2; end < text.size(); ++end) {
    if (text[end] == '}') return text.substr(at + 2, end - at - 2);
    if (blank(text[end]) || text[end] == '$') break;
  }
  return {};
}

std::vector<Piece> split_references(std::string_view text, const DataContext& context) {
  std::vector<Piece> pieces;
  std::size_t from = 0;
  for (std::size_t at = text.find("${"); at != std::string_view::npos; at = text.find("${", at)) {
    const auto reference = reference_at(text, at);
    auto value = reference.empty() ? std::nullopt : context.resolve(reference);
    if (!value && is_option(reference)) value.emplace();
    if (!value) {
      at += 2;
      continue;
    }
    if (at > from) pieces.push_back({text.substr(from, at - from), std::nullopt, {}});
    pieces.push_back({{}, std::move(value), reference});
    at += reference.size() + 3;
    from = at;
  }
  if (from < text.size()) pieces.push_back({text.substr(from), std::nullopt, {}});
  return pieces;
}

tl::unexpected<Error> unsafe_place(std::string_view reference) {
  return fail(
      ErrorKind::invalid,
      "The value of ${" + std::string(reference) +
          "} cannot be quoted where it stands in the command (here-document, backquotes, arithmetic or a nested "
          "expansion). Use a script step with @" +
          std::string(reference) + "@ or the variable " +
          environment_name(reference.substr(0, reference.find('.')), reference.substr(reference.find('.') + 1)));
}

// In scripts another node is named after a slash, as the @ ends the token: `@data.x/web1@`.
std::string token_value(std::string_view token, const DataContext& context) {
  if (auto value = context.resolve(token)) return *value;
  const auto slash = token.rfind('/');
  if (slash == std::string_view::npos) return {};
  std::string scoped(token);
  scoped[slash] = '@';
  return context.resolve(scoped).value_or("");
}

class CommandWriter {
 public:
  // Literals are collected, so that an empty value between two of them does not hide how they join.
  void literal(std::string_view text) { pending_ += text; }

  Result<void> value(std::string_view reference, const std::string& text) {
    if (text.find('\0') != std::string::npos) {
      return fail(ErrorKind::invalid, "The value of ${" + std::string(reference) + "} holds a NUL byte");
    }
    if (text.empty()) return {};
    flush();
    const auto place = state_.place();
    if (place == ShellState::Place::unsafe && !is_plain_word(text)) return unsafe_place(reference);
    command_ += quote_at(place, text);
    state_.value_follows();
    return {};
  }

  std::string finish() {
    flush();
    return std::move(command_);
  }

 private:
  void flush() {
    state_.read(pending_);
    command_ += pending_;
    pending_.clear();
  }

  ShellState state_;
  std::string pending_;
  std::string command_;
};

}  // namespace

std::string expand_text(std::string_view text, const DataContext& context) {
  std::string result;
  for (const auto& piece : split_references(text, context)) {
    result += piece.value ? std::string_view(*piece.value) : piece.literal;
  }
  return result;
}

Result<std::string> expand_command(std::string_view command, const DataContext& context) {
  CommandWriter writer;
  for (const auto& piece : split_references(command, context)) {
    if (!piece.value) {
      writer.literal(piece.literal);
    } else if (is_unquoted(piece.reference)) {
      writer.literal(*piece.value);
    } else if (auto written = writer.value(piece.reference, *piece.value); !written) {
      return fail(written.error());
    }
  }
  return writer.finish();
}

std::vector<std::string> expand_arguments(std::string_view args, const DataContext& context) {
  std::vector<std::string> words;
  for (const auto& word : split_args(args)) {
    auto expanded = expand_text(word, context);
    if (word.find("${unquotedoption.") == std::string::npos) {
      words.push_back(std::move(expanded));
      continue;
    }
    for (auto& part : split_args(expanded)) words.push_back(std::move(part));
  }
  return words;
}

std::string expand_tokens(std::string_view script, const DataContext& context) {
  std::string result;
  result.reserve(script.size());
  std::size_t at = 0;
  while (at < script.size()) {
    if (script[at] != '@') {
      const auto next = script.find('@', at);
      result += script.substr(at, next - at);
      at = next == std::string_view::npos ? script.size() : next;
      continue;
    }
    std::size_t end = at + 1;
    while (end < script.size() && script[end] != '@' && !blank(script[end])) ++end;
    if (end == script.size() || blank(script[end])) {  // no token
      result += script.substr(at, end - at);
      at = end;
    } else if (end == at + 1) {  // "@@"
      result += '@';
      at = end + 1;
    } else {
      result += token_value(script.substr(at + 1, end - at - 1), context);
      at = end + 1;
    }
  }
  return result;
}

}  // namespace qd::model
