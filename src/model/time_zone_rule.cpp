#include "model/time_zone_rule.hpp"

#include <algorithm>
#include <chrono>

namespace qd::model {
namespace {

constexpr int kRuleHour = 3600;
constexpr std::int64_t kRuleDay = 86'400;

bool rule_digit(char c) {
  return c >= '0' && c <= '9';
}
bool rule_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Reads a rule from left to right. Each step answers false or nullopt when the text is not what it should be.
class RuleReader {
 public:
  explicit RuleReader(std::string_view text) : text_(text) {}

  std::optional<TimeZoneRule> read() {
    TimeZoneRule rule;
    if (!skip_name()) return {};
    const auto west = time(24);
    if (!west) return {};
    rule.offset = rule.daylight_offset = -*west;
    if (text_.empty()) return rule;
    if (!skip_name()) return {};
    rule.daylight_offset = rule.offset + kRuleHour;
    if (!text_.empty() && text_.front() != ',') {
      const auto daylight_west = time(24);
      if (!daylight_west) return {};
      rule.daylight_offset = -*daylight_west;
    }
    if (!take(',') || !change(rule.to_daylight) || !take(',') || !change(rule.to_standard) || !text_.empty()) return {};
    return rule;
  }

 private:
  bool take(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }

  bool skip_name() {
    std::size_t size = 0;
    if (take('<')) {
      size = text_.find('>');
      if (size == std::string_view::npos) return false;
      text_.remove_prefix(size + 1);
    } else {
      while (size < text_.size() && rule_letter(text_[size])) ++size;
      text_.remove_prefix(size);
    }
    return size >= 3;
  }

  std::optional<int> number(int min, int max) {
    std::size_t size = 0;
    int value = 0;
    for (; size < text_.size() && size < 4 && rule_digit(text_[size]); ++size) value = value * 10 + (text_[size] - '0');
    if (size == 0 || value < min || value > max) return {};
    text_.remove_prefix(size);
    return value;
  }

  // [+-]h[:m[:s]] as seconds.
  std::optional<int> time(int max_hours) {
    const bool negative = take('-');
    if (!negative) take('+');
    const auto hours = number(0, max_hours);
    if (!hours) return {};
    int seconds = *hours * kRuleHour;
    for (int unit = 60; unit > 0 && take(':'); unit /= 60) {
      const auto part = number(0, 59);
      if (!part) return {};
      seconds += *part * unit;
    }
    return negative ? -seconds : seconds;
  }

  bool day(YearlyChange& into) {
    if (take('M')) {
      const auto month = number(1, 12);
      if (!month || !take('.')) return false;
      const auto week = number(1, 5);
      if (!week || !take('.')) return false;
      const auto weekday = number(0, 6);
      if (!weekday) return false;
      into.month = *month;
      into.week = *week;
      into.weekday = *weekday;
      return true;
    }
    const bool without_leap = take('J');
    into.form = without_leap ? YearlyChange::Form::day_without_leap : YearlyChange::Form::day_from_zero;
    const auto count = number(without_leap ? 1 : 0, 365);
    into.day = count.value_or(0);
    return count.has_value();
  }

  bool change(YearlyChange& into) {
    if (!day(into)) return false;
    if (!take('/')) return true;
    const auto at = time(167);
    into.time = at.value_or(0);
    return at.has_value();
  }

  std::string_view text_;
};

std::chrono::sys_days date_of(const YearlyChange& change, std::chrono::year year) {
  using namespace std::chrono;
  const sys_days new_year{year / January / 1};
  switch (change.form) {
    case YearlyChange::Form::day_from_zero:
      return new_year + days{change.day};
    case YearlyChange::Form::day_without_leap:
      return new_year + days{change.day - 1 + (year.is_leap() && change.day >= 60 ? 1 : 0)};
    case YearlyChange::Form::week_of_month:
      break;
  }
  const year_month in{year, month{static_cast<unsigned>(change.month)}};
  const weekday wanted{static_cast<unsigned>(change.weekday)};
  if (change.week == 5) return sys_days{in / wanted[last]};
  return sys_days{in / wanted[static_cast<unsigned>(change.week)]};
}

std::int64_t local_time_of(const YearlyChange& change, int year) {
  return date_of(change, std::chrono::year{year}).time_since_epoch().count() * kRuleDay + change.time;
}

}  // namespace

std::optional<TimeZoneRule> TimeZoneRule::parse(std::string_view text) {
  return RuleReader(text).read();
}

std::vector<OffsetChange> changes_of(const TimeZoneRule& rule, int first, int last) {
  std::vector<OffsetChange> changes;
  if (rule.offset == rule.daylight_offset) return changes;
  for (int year = first; year <= last; ++year) {
    changes.push_back({local_time_of(rule.to_daylight, year) - rule.offset, rule.daylight_offset});
    changes.push_back({local_time_of(rule.to_standard, year) - rule.daylight_offset, rule.offset});
  }
  std::stable_sort(changes.begin(), changes.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  return changes;
}

}  // namespace qd::model
