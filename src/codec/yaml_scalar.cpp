#include "codec/yaml_scalar.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "base/text.hpp"
#include "codec/job_fields.hpp"

namespace qd::codec {
namespace {

bool one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool all_of_chars(std::string_view text, std::string_view allowed) {
  return text.find_first_not_of(allowed) == std::string_view::npos;
}

Json integer(bool negative, std::string_view digits, int base, std::string_view word) {
  std::string clean(digits);
  clean.erase(std::remove(clean.begin(), clean.end(), '_'), clean.end());
  std::uint64_t number = 0;
  const char* end = clean.data() + clean.size();
  const auto [rest, error] = std::from_chars(clean.data(), end, number, base);
  if (clean.empty() || error != std::errc() || rest != end) return Json(word);
  constexpr std::uint64_t largest = INT64_MAX;
  if (negative) return number > largest ? Json(word) : Json(-static_cast<std::int64_t>(number));
  return number > largest ? Json(number) : Json(static_cast<std::int64_t>(number));
}

// 1:30:00 counts in sixties.
Json sexagesimal(bool negative, std::string_view digits, std::string_view word) {
  std::int64_t total = 0;
  bool first = true;
  for (const std::string& part : base::split(digits, ':')) {
    std::string clean = base::replace_all(part, "_", "");
    const auto number = base::parse_int(clean);
    if (!number || *number < 0 || clean[0] == '+' || (!first && (*number > 59 || part.size() > 2))) return Json(word);
    if (total > (INT64_MAX - 59) / 60 || *number > INT64_MAX - total * 60) return Json(word);
    total = total * 60 + *number;
    first = false;
  }
  return Json(negative ? -total : total);
}

Json number(std::string_view word) {
  std::string_view digits = word;
  const bool negative = digits.front() == '-';
  if (negative || digits.front() == '+') digits.remove_prefix(1);
  if (digits.empty() || digits[0] < '0' || digits[0] > '9') return Json(word);
  constexpr std::string_view decimal = "0123456789_";
  if (digits.starts_with("0x")) return integer(negative, digits.substr(2), 16, word);
  if (digits.starts_with("0b")) return integer(negative, digits.substr(2), 2, word);
  if (digits.size() > 1 && digits[0] == '0' && all_of_chars(digits, "01234567_")) {
    return integer(negative, digits, 8, word);
  }
  if (all_of_chars(digits, decimal))
    return digits[0] == '0' && digits != "0" ? Json(word) : integer(negative, digits, 10, word);
  if (digits[0] != '0' && all_of_chars(digits, "0123456789_:")) return sexagesimal(negative, digits, word);
  double fraction = 0;
  const char* end = word.data() + word.size();
  const auto [rest, error] = std::from_chars(word.data(), end, fraction);
  const bool exact = error == std::errc() && rest == end && number_text(fraction) == word;
  return exact ? Json(fraction) : Json(word);
}

// Words that some YAML parser, of whatever version, reads as something else than text.
bool means_something(std::string_view text) {
  if (one_of(text, {"y", "Y", "n", "N", "=", "<<", "~"})) return true;
  if (!plain_yaml_scalar(text).is_string()) return true;
  const std::string word = base::lower(text);
  if (one_of(word, {"null", "true", "false", "yes", "no", "on", "off", ".inf", "+.inf", "-.inf", ".nan"})) return true;
  const std::string_view digits = text.substr(text.front() == '+' || text.front() == '-' ? 1 : 0);
  if (digits.starts_with("0x") || digits.starts_with("0o") || digits.starts_with("0b")) return true;
  const bool timestamp = text.size() > 7 && all_of_chars(text.substr(0, 4), "0123456789") && text[4] == '-';
  const bool has_digit = text.find_first_of("0123456789") != std::string_view::npos;
  return timestamp || (has_digit && all_of_chars(text, "0123456789_.:+-eE"));
}

// Control and other characters that YAML wants escaped: C0, DEL, C1 (in UTF-8: C2 80..9F), U+2028, U+2029, U+FEFF,
// U+FFFE, U+FFFF.
std::size_t special_length(std::string_view text) {
  const unsigned char c = static_cast<unsigned char>(text[0]);
  if (c < 0x20 || c == 0x7F) return 1;
  if (c == 0xC2 && text.size() > 1 && static_cast<unsigned char>(text[1]) < 0xA0) return 2;
  for (const char* sequence : {"\xE2\x80\xA8", "\xE2\x80\xA9", "\xEF\xBB\xBF", "\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
    if (text.starts_with(sequence)) return 3;
  }
  return 0;
}

bool has_special(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (special_length(text.substr(i)) > 0) return true;
  }
  return false;
}

bool plain_is_safe(std::string_view text) {
  if (text.empty() || means_something(text)) return false;
  if (std::string_view("?:,[]{}#&*!|>'\"%@` ").find(text.front()) != std::string_view::npos) return false;
  if (text.front() == '-' && (text.size() == 1 || text[1] == ' ' || text.starts_with("---"))) return false;
  if (text.back() == ' ' || text.back() == ':') return false;
  return text.find(": ") == std::string_view::npos && text.find(" #") == std::string_view::npos &&
         text.find(',') == std::string_view::npos && !text.starts_with("...");
}

std::string escape_of(std::string_view sequence) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(sequence[i])); };
  if (sequence == "\n") return "\\n";
  if (sequence == "\r") return "\\r";
  if (sequence == "\t") return "\\t";
  char escape[8];
  if (sequence.size() == 3) {
    std::snprintf(escape, sizeof escape, "\\u%04X", (byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F));
  } else {
    std::snprintf(escape, sizeof escape, "\\x%02X", byte(sequence.size() - 1));
  }
  return escape;
}

std::string in_double_quotes(std::string_view text) {
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t special = special_length(text.substr(i));
    if (special > 0) {
      out += escape_of(text.substr(i, special));
      i += special;
      continue;
    }
    if (text[i] == '"' || text[i] == '\\') out += '\\';
    out += text[i++];
  }
  return out + '"';
}

}  // namespace

Json plain_yaml_scalar(std::string_view word) {
  if (word.empty() || one_of(word, {"~", "null", "Null", "NULL"})) return nullptr;
  if (one_of(word, {"yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"})) return true;
  if (one_of(word, {"no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"})) return false;
  return number(word);
}

bool holds_yaml_control(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\t' && special_length(text.substr(i)) > 0) return true;
  }
  return false;
}

std::string quoted_yaml_scalar(std::string_view text) {
  if (has_special(text)) return in_double_quotes(text);
  if (plain_is_safe(text)) return std::string(text);
  return "'" + base::replace_all(text, "'", "''") + "'";
}

}  // namespace qd::codec
