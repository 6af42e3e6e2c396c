#include "app/config_value.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.hpp"
#include "store/database_url.hpp"

namespace qd::app {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t factor;
};

constexpr std::int64_t second = 1'000;
constexpr std::int64_t minute = 60 * second;
constexpr std::int64_t hour = 60 * minute;
constexpr std::int64_t day = 24 * hour;

constexpr std::array<Unit, 9> size_units{{{"k", 1LL << 10},
                                          {"m", 1LL << 20},
                                          {"g", 1LL << 30},
                                          {"t", 1LL << 40},
                                          {"kb", 1LL << 10},
                                          {"mb", 1LL << 20},
                                          {"gb", 1LL << 30},
                                          {"tb", 1LL << 40},
                                          {"b", 1}}};
constexpr std::array<Unit, 6> time_units{
    {{"ms", 1}, {"s", second}, {"m", minute}, {"h", hour}, {"d", day}, {"y", 365 * day}}};

// Digits, and then a unit in any case; without one the number counts in `bare`.
template <std::size_t N>
std::optional<std::int64_t> amount(std::string_view text, const std::array<Unit, N>& units, std::int64_t bare) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = base::parse_int(text.substr(0, digits));
  if (digits == 0 || !number) return std::nullopt;
  std::int64_t factor = bare;
  if (const std::string name = base::lower(base::trim(text.substr(digits))); !name.empty()) {
    const auto unit = std::ranges::find(units, std::string_view(name), &Unit::name);
    if (unit == units.end()) return std::nullopt;
    factor = unit->factor;
  }
  std::int64_t product = 0;
  if (__builtin_mul_overflow(*number, factor, &product)) return std::nullopt;
  return product;
}

// "1d12h": amounts one after another, each with a unit; "0" alone.
std::optional<std::int64_t> life(std::string_view text) {
  if (text == "0") return 0;
  std::int64_t total = 0;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits == text.size()) return std::nullopt;
    const auto part = amount(text.substr(0, digits + 1), time_units, second);
    if (!part || __builtin_add_overflow(total, *part, &total)) return std::nullopt;
    text.remove_prefix(digits + 1);
  }
  return total;
}

std::optional<bool> flag(std::string_view text) {
  const std::string word = base::lower(text);
  for (const char* yes : {"true", "yes", "on", "1"}) {
    if (word == yes) return true;
  }
  for (const char* no : {"false", "no", "off", "0"}) {
    if (word == no) return false;
  }
  return std::nullopt;
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool fits =
        dash ? text[i] == '-' : std::string_view("0123456789abcdefABCDEF").find(text[i]) != std::string_view::npos;
    if (!fits) return false;
  }
  return true;
}

bool is_url(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (base::lower(text.substr(0, scheme.size())) != scheme) continue;
    const auto rest = text.substr(scheme.size());
    return !rest.empty() && rest.front() != '/' && rest.find_first_of(" \t\"<>") == std::string_view::npos;
  }
  return false;
}

bool is_prefix(std::string_view text) {
  return text.empty() || (text.front() == '/' && text.find_first_of(" ?#\"<>") == std::string_view::npos &&
                          text.find("//") == std::string_view::npos);
}

// The words that lists and errors use.
std::string range_text(ValueRange range) {
  if (range.high == INT64_MAX) return range.low == 0 ? "" : " of at least " + std::to_string(range.low);
  return " from " + std::to_string(range.low) + " to " + std::to_string(range.high);
}

std::optional<std::int64_t> number_of(ValueKind kind, std::string_view text) {
  switch (kind) {
    case ValueKind::flag:
      if (const auto truth = flag(text)) return *truth ? 1 : 0;
      return std::nullopt;
    case ValueKind::number:
      return base::parse_int(text);
    case ValueKind::bytes:
      return amount(text, size_units, 1);
    case ValueKind::seconds:
      return amount(text, time_units, second);
    case ValueKind::millis:
      return amount(text, time_units, 1);
    case ValueKind::life:
      return life(text);
    default:
      return 0;
  }
}

bool fits_text(ValueKind kind, const std::string& text, std::string_view choices) {
  switch (kind) {
    case ValueKind::url:
      return text.empty() || is_url(text);
    case ValueKind::uuid:
      return text.empty() || is_uuid(text);
    case ValueKind::prefix:
      return is_prefix(text);
    case ValueKind::choice: {
      const auto words = base::split(choices, '|');
      return std::ranges::find(words, text) != words.end();
    }
    default:
      return true;
  }
}

}  // namespace

std::string describe_kind(ValueKind kind, ValueRange range, std::string_view choices) {
  switch (kind) {
    case ValueKind::text:
    case ValueKind::secret:
    case ValueKind::ignored:
      return "a text";
    case ValueKind::flag:
      return "true or false";
    case ValueKind::number:
      return "a whole number" + range_text(range);
    case ValueKind::bytes:
      return "a size in bytes, or with a unit like 200k, 25M or 1G";
    case ValueKind::seconds:
      return "a number of seconds, or with a unit like 30m or 12h";
    case ValueKind::millis:
      return "a number of milliseconds, or with a unit like 500ms, 10s or 5m";
    case ValueKind::life:
      return "a time like 30d or 1d12h (units y, d, h, m, s), or 0 for no limit";
    case ValueKind::path:
      return "a path";
    case ValueKind::url:
      return "a URL that starts with http:// or https://";
    case ValueKind::uuid:
      return "a UUID like 70a4af69-74d6-4319-b923-16eec8c742d3";
    case ValueKind::prefix:
      return "/ or a path like /rundeck";
    case ValueKind::choice:
      return "one of " + base::replace_all(choices, "|", ", ");
    case ValueKind::database_url:
      return "a JDBC URL of PostgreSQL, MariaDB or MySQL, or sqlite:/path/to/file.db";
  }
  return {};
}

Result<ConfigValue> judge_value(ValueKind kind, std::string_view raw, ValueRange range, std::string_view choices) {
  // A secret may begin or end with a blank that was escaped on purpose.
  ConfigValue value{std::string(kind == ValueKind::secret ? raw : base::trim(raw)), 0};
  if (kind == ValueKind::choice) value.text = base::lower(value.text);
  if (kind == ValueKind::database_url && !value.text.empty()) {
    store::DatabaseConfig config;
    config.url = value.text;
    config.default_sqlite_path = "unused";
    if (auto target = store::parse_database_url(config); !target)
      return fail(ErrorKind::invalid, target.error().message);
  }
  const auto number = number_of(kind, value.text);
  if (!number || *number < range.low || *number > range.high || !fits_text(kind, value.text, choices)) {
    std::string expected = "expected " + describe_kind(kind, range, choices);
    if (number && kind != ValueKind::number && *number < range.low) expected += "; it is too small";
    if (number && kind != ValueKind::number && *number > range.high) expected += "; it is too large";
    return fail(ErrorKind::invalid, std::move(expected));
  }
  value.number = *number;
  return value;
}

}  // namespace qd::app
