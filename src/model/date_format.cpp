#include <array>

#include "model/option_rules.hpp"

namespace qd::model {

namespace {

struct DatePart {
  std::string_view token;
  int min_digits, max_digits;  // 0: am or pm
  int low, high;
};
// Longest tokens of a letter first.
constexpr std::array<DatePart, 20> kParts{
    {{"YYYY", 4, 4, 0, 9999}, {"YY", 2, 2, 0, 99}, {"MM", 2, 2, 1, 12},   {"M", 1, 2, 1, 12},
     {"DD", 2, 2, 1, 31},     {"D", 1, 2, 1, 31},  {"HH", 2, 2, 0, 23},   {"H", 1, 2, 0, 23},
     {"hh", 2, 2, 1, 12},     {"h", 1, 2, 1, 12},  {"mm", 2, 2, 0, 59},   {"m", 1, 2, 0, 59},
     {"ss", 2, 2, 0, 59},     {"s", 1, 2, 0, 59},  {"SSS", 3, 3, 0, 999}, {"SS", 2, 2, 0, 99},
     {"S", 1, 1, 0, 9},       {"A", 0, 0, 0, 0},   {"a", 0, 0, 0, 0},     {"X", 1, 11, 0, 2'147'483'647}}};

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool take_part(const DatePart& part, std::string_view& value) {
  if (part.max_digits == 0) {
    const auto half = value.substr(0, 2);
    if (half != "am" && half != "pm" && half != "AM" && half != "PM") return false;
    value.remove_prefix(2);
    return true;
  }
  int digits = 0;
  long long number = 0;
  while (digits < part.max_digits && !value.empty() && value.front() >= '0' && value.front() <= '9') {
    number = number * 10 + (value.front() - '0');
    value.remove_prefix(1);
    ++digits;
  }
  return digits >= part.min_digits && number >= part.low && number <= part.high;
}

const DatePart* part_at(std::string_view format) {
  std::size_t run = 1;
  while (run < format.size() && format[run] == format[0]) ++run;
  for (const auto& part : kParts) {
    if (part.token == format.substr(0, run)) return &part;
  }
  return nullptr;
}

}  // namespace

bool follows_date_format(const std::string& format, const std::string& value) {
  std::string_view left = format;
  std::string_view text = value;
  bool fits = true;
  while (!left.empty()) {
    if (is_letter(left.front())) {
      const auto* part = part_at(left);
      if (part == nullptr) return true;
      fits = fits && take_part(*part, text);
      left.remove_prefix(part->token.size());
      continue;
    }
    if (left.front() == '[' || left.front() == '\\') return true;
    fits = fits && !text.empty() && text.front() == left.front();
    if (fits) text.remove_prefix(1);
    left.remove_prefix(1);
  }
  return fits && text.empty();
}

}  // namespace qd::model
