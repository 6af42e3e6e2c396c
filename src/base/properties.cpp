#include "base/properties.hpp"

#include <cstdint>
#include <optional>

namespace qd::base {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\f';
}

void append_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += {static_cast<char>(0xC0 | code >> 6), static_cast<char>(0x80 | (code & 63))};
  } else if (code < 0x10000) {
    out += {static_cast<char>(0xE0 | code >> 12), static_cast<char>(0x80 | (code >> 6 & 63)),
            static_cast<char>(0x80 | (code & 63))};
  } else {
    out += {static_cast<char>(0xF0 | code >> 18), static_cast<char>(0x80 | (code >> 12 & 63)),
            static_cast<char>(0x80 | (code >> 6 & 63)), static_cast<char>(0x80 | (code & 63))};
  }
}

std::optional<std::uint32_t> hex4(std::string_view text, std::size_t at) {
  if (at + 4 > text.size()) return std::nullopt;
  std::uint32_t code = 0;
  for (std::size_t i = at; i < at + 4; ++i) {
    const char c = text[i];
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return std::nullopt;
    code = code * 16 + static_cast<std::uint32_t>(digit);
  }
  return code;
}

// A logical line: continuation lines are joined, their leading blanks dropped, escapes still in place.
struct LogicalLine {
  std::string text;
  int number = 0;
};

class LineReader {
 public:
  explicit LineReader(std::string_view text) : rest_(text) {}

  bool next(LogicalLine& line) {
    std::string_view natural;
    do {
      if (!next_natural(natural)) return false;
    } while (natural.empty() || natural.front() == '#' || natural.front() == '!');
    line = {std::string(natural), number_};
    while (ends_in_continuation(line.text)) {
      line.text.pop_back();
      if (!next_natural(natural)) break;
      line.text += natural;
    }
    return true;
  }

 private:
  bool next_natural(std::string_view& line) {
    if (rest_.empty()) return false;
    const std::size_t end = rest_.find_first_of("\r\n");
    line = rest_.substr(0, end);
    std::size_t skip = end == std::string_view::npos ? rest_.size() : end + 1;
    if (end != std::string_view::npos && rest_[end] == '\r' && end + 1 < rest_.size() && rest_[end + 1] == '\n') ++skip;
    rest_.remove_prefix(skip);
    ++number_;
    while (!line.empty() && is_space(line.front())) line.remove_prefix(1);
    return true;
  }

  static bool ends_in_continuation(std::string_view line) {
    std::size_t backslashes = 0;
    while (backslashes < line.size() && line[line.size() - 1 - backslashes] == '\\') ++backslashes;
    return backslashes % 2 == 1;
  }

  std::string_view rest_;
  int number_ = 0;
};

Result<std::string> unescape(std::string_view text, int line) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    if (++i == text.size()) break;
    switch (text[i]) {
      case 't':
        out += '\t';
        break;
      case 'n':
        out += '\n';
        break;
      case 'r':
        out += '\r';
        break;
      case 'f':
        out += '\f';
        break;
      case 'u': {
        auto code = hex4(text, i + 1);
        if (!code) {
          return fail(ErrorKind::invalid,
                      "line " + std::to_string(line) + ": \\u must be followed by four hexadecimal digits");
        }
        i += 4;
        if (*code >= 0xD800 && *code < 0xDC00 && text.substr(i + 1, 2) == "\\u") {
          const auto low = hex4(text, i + 3);
          if (low && *low >= 0xDC00 && *low < 0xE000) {
            code = 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00);
            i += 6;
          }
        }
        append_utf8(out, *code >= 0xD800 && *code < 0xE000 ? 0xFFFD : *code);
        break;
      }
      default:
        out += text[i];
    }
  }
  return out;
}

void append_escaped(std::string& out, std::string_view text, bool is_key) {
  bool leading = true;
  for (const char c : text) {
    switch (c) {
      case '\t':
        out += "\\t";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\\':
        out += "\\\\";
        break;
      case ' ':
        out += is_key || leading ? "\\ " : " ";
        break;
      case '=':
      case ':':
      case '#':
      case '!':
        if (is_key || leading) out += '\\';
        out += c;
        break;
      default:
        out += c;
    }
    if (c != ' ') leading = false;
  }
}

}  // namespace

Result<std::vector<Property>> parse_properties(std::string_view text) {
  std::vector<Property> entries;
  LineReader reader(text);
  for (LogicalLine line; reader.next(line);) {
    const std::string_view whole = line.text;
    std::size_t key_end = 0;
    while (key_end < whole.size() && !is_space(whole[key_end]) && whole[key_end] != '=' && whole[key_end] != ':') {
      key_end += whole[key_end] == '\\' ? 2 : 1;
    }
    key_end = std::min(key_end, whole.size());
    std::size_t value_start = key_end;
    while (value_start < whole.size() && is_space(whole[value_start])) ++value_start;
    if (value_start < whole.size() && (whole[value_start] == '=' || whole[value_start] == ':')) {
      ++value_start;
      while (value_start < whole.size() && is_space(whole[value_start])) ++value_start;
    }
    auto key = unescape(whole.substr(0, key_end), line.number);
    if (!key) return fail(key.error());
    auto value = unescape(whole.substr(value_start), line.number);
    if (!value) return fail(value.error());
    entries.push_back({std::move(*key), std::move(*value), line.number});
  }
  return entries;
}

std::string write_properties(const std::map<std::string, std::string>& entries) {
  std::string out;
  for (const auto& [key, value] : entries) {
    append_escaped(out, key, true);
    out += '=';
    append_escaped(out, value, false);
    out += '\n';
  }
  return out;
}

}  // namespace qd::base
