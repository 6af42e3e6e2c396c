#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "model/cron_fields.hpp"

namespace qd::model {
namespace {

constexpr std::size_t kMaxCronText = 1024;
constexpr const char* kShape = "seconds minutes hours day-of-month month weekday [year]";

constexpr std::array<std::string_view, 12> kCronMonths{"JANUARY",   "FEBRUARY", "MARCH",    "APRIL",
                                                       "MAY",       "JUNE",     "JULY",     "AUGUST",
                                                       "SEPTEMBER", "OCTOBER",  "NOVEMBER", "DECEMBER"};
constexpr std::array<std::string_view, 7> kCronWeekdays{"SUNDAY",   "MONDAY", "TUESDAY", "WEDNESDAY",
                                                        "THURSDAY", "FRIDAY", "SATURDAY"};

struct FieldKind {
  const char* name;
  int min;
  int max;
  int max_step;
  std::span<const std::string_view> names;  // of `min`, `min` + 1, …
  bool wraps;
  const char* examples;
};

enum FieldIndex { seconds_field, minutes_field, hours_field, month_day_field, month_field, weekday_field, year_field };

const std::array<FieldKind, 7> kKinds{{
    {"seconds", 0, 59, 59, {}, true, R"("0", "0,30" or "0/15")"},
    {"minutes", 0, 59, 59, {}, true, R"("0", "0,30" or "0/15")"},
    {"hours", 0, 23, 23, {}, true, R"("2", "8-18" or "0/4")"},
    {"day of month", 1, 31, 31, {}, true, R"("1", "1-7", "L", "15W" or "?")"},
    {"month", 1, 12, 12, kCronMonths, true, R"("*", "1", "JAN,JUL" or "1/3")"},
    {"weekday", 1, 7, 7, kCronWeekdays, true, R"("MON-FRI", "2-6", "6L", "MON#1" or "?")"},
    {"year", kFirstCronYear, kLastCronYear, kLastCronYear - kFirstCronYear, {}, false, R"("*", "2030" or "2030-2035")"},
}};

// One item of a list is read from left to right; the first problem is kept.
class ItemReader {
 public:
  ItemReader(const FieldKind& kind, std::string_view item) : kind_(kind), rest_(item) {}

  bool ended() const { return rest_.empty() && problem_.empty(); }
  bool failed() const { return !problem_.empty(); }
  const std::string& problem() const { return problem_; }

  bool take(std::string_view word) {
    if (failed() || !rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  bool at_value() const { return !rest_.empty() && (is_cron_digit(rest_[0]) || name_length() >= 3); }

  // A number in the field's limits, or a name; 0 with a problem set.
  int value() {
    if (const std::size_t size = name_length(); size >= 3) {
      for (std::size_t i = 0; i < kind_.names.size(); ++i) {
        if (!kind_.names[i].starts_with(rest_.substr(0, size))) continue;
        rest_.remove_prefix(size);
        return kind_.min + static_cast<int>(i);
      }
    }
    return number(kind_.min, kind_.max, "");
  }

  int number(int min, int max, std::string_view what) {
    const auto digits = rest_.substr(0, std::min(rest_.find_first_not_of("0123456789"), rest_.size()));
    rest_.remove_prefix(digits.size());
    const auto value = base::parse_int(digits);
    if (digits.empty()) {
      complain(rest_.empty() ? "a number is missing at the end" : "\"" + std::string(rest_) + "\" is no number");
    } else if (!value || *value < min || *value > max) {
      complain(std::string(what) + "\"" + std::string(digits) + "\" is not from " + std::to_string(min) + " to " +
               std::to_string(max));
    }
    return failed() ? min : static_cast<int>(*value);
  }

  void expect_end() {
    if (!failed() && !rest_.empty()) complain("\"" + std::string(rest_) + "\" makes no sense here");
  }

  void complain(const std::string& problem) {
    if (problem_.empty()) problem_ = problem;
  }

 private:
  static bool is_cron_digit(char c) { return c >= '0' && c <= '9'; }

  // How many of the next letters are one of the field's names, or its beginning; 0 when they are none.
  std::size_t name_length() const {
    std::size_t best = 0;
    for (const std::string_view name : kind_.names) {
      const auto differ = std::mismatch(name.begin(), name.end(), rest_.begin(), rest_.end()).first;
      best = std::max(best, static_cast<std::size_t>(differ - name.begin()));
    }
    return best;
  }

  const FieldKind& kind_;
  std::string_view rest_;
  std::string problem_;
};

// Values as they go into bits: sets of up to 64 values, and the years.
void set_bit(std::uint64_t& bits, int value) {
  bits |= std::uint64_t{1} << value;
}
void set_bit(std::uint32_t& bits, int value) {
  bits |= std::uint32_t{1} << value;
}
void set_bit(std::bitset<kLastCronYear - kFirstCronYear + 1>& bits, int value) {
  bits.set(static_cast<std::size_t>(value - kFirstCronYear));
}

template <class Bits>
void set_range(const FieldKind& kind, int first, int last, int step, Bits& into) {
  const int size = kind.max - kind.min + 1;
  if (last < first) last += size;
  for (int value = first; value <= last; value += step) set_bit(into, value > kind.max ? value - size : value);
}

// What follows `first` of an item: "-b", "-b/n", "/n" or nothing.
template <class Bits>
void read_range(const FieldKind& kind, ItemReader& item, int first, Bits& into) {
  int last = first;
  const bool range = item.take("-");
  if (range) last = item.value();
  if (range && last < first && !kind.wraps) item.complain("the range ends before it starts");
  int step = 1;
  if (item.take("/")) {
    step = item.number(range ? 1 : 0, kind.max_step, "the step ");
    if (!range && step > 0) last = kind.max;
    step = std::max(step, 1);  // "5/0" is 5, as in Quartz
  }
  item.expect_end();
  if (!item.failed()) set_range(kind, first, last, step, into);
}

// "*", "*/n", "/n", "a", "a/n", "a-b", "a-b/n".
template <class Bits>
void read_values(const FieldKind& kind, ItemReader& item, Bits& into) {
  int step = 1;
  const bool any = item.take("*");
  if (item.take("/")) {
    step = std::max(item.number(0, kind.max_step, "the step "), 1);
  } else if (!any) {
    return read_range(kind, item, item.value(), into);
  }
  item.expect_end();
  if (!item.failed()) set_range(kind, kind.min, kind.max, step, into);
}

// "L", "L-3", "LW", "L-3W", "15W", or values.
void read_day_of_month(const FieldKind& kind, ItemReader& item, CronDays& days) {
  if (item.take("L")) {
    const int before = item.take("-") ? item.number(0, 30, "the number of days before the last one ") : 0;
    set_bit(item.take("W") ? days.nearest_from_last : days.from_last, before);
    return item.expect_end();
  }
  if (!item.at_value()) return read_values(kind, item, days.days);
  const int day = item.value();
  if (!item.take("W")) return read_range(kind, item, day, days.days);
  item.expect_end();
  set_bit(days.nearest, day);
}

// "6L", "FRIL", "6#3", "FRI#3", "L", or values.
void read_weekday(const FieldKind& kind, ItemReader& item, CronDays& days) {
  if (item.take("L")) {
    set_bit(days.weekdays, kind.max);
    return item.expect_end();
  }
  if (!item.at_value()) return read_values(kind, item, days.weekdays);
  const int weekday = item.value();
  if (item.take("L")) {
    set_bit(days.last_weekdays, weekday);
  } else if (item.take("#")) {
    set_bit(days.nth_weekdays[static_cast<std::size_t>(item.number(1, 5, "the number after # "))], weekday);
  } else {
    return read_range(kind, item, weekday, days.weekdays);
  }
  item.expect_end();
}

void read_item(FieldIndex index, ItemReader& item, CronFields& into) {
  const FieldKind& kind = kKinds[index];
  switch (index) {
    case seconds_field:
      return read_values(kind, item, into.seconds);
    case minutes_field:
      return read_values(kind, item, into.minutes);
    case hours_field:
      return read_values(kind, item, into.hours);
    case month_day_field:
      return read_day_of_month(kind, item, into.days);
    case month_field:
      return read_values(kind, item, into.months);
    case weekday_field:
      return read_weekday(kind, item, into.days);
    case year_field:
      return read_values(kind, item, into.years);
  }
}

// The parts between any of `separators`; empty ones do not count.
std::vector<std::string_view> parts_of(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  for (std::size_t at = text.find_first_not_of(separators); at != text.npos;) {
    const std::size_t end = std::min(text.find_first_of(separators, at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = text.find_first_not_of(separators, end);
  }
  return parts;
}

std::string in_capitals(std::string_view text) {
  std::string capitals(text);
  for (char& c : capitals) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return capitals;
}

// What is wrong with one field, or "".
std::string read_field(FieldIndex index, std::string_view text, CronFields& into) {
  const auto items = parts_of(text, ",");  // "1,,2" is 1 and 2, as in Quartz
  if (items.empty()) return "a value is missing";
  for (const std::string_view part : items) {
    ItemReader item(kKinds[index], part);
    if (part.starts_with('?')) item.complain("\"?\" may stand only alone, and only for day of month or weekday");
    if (!item.failed()) read_item(index, item, into);
    if (item.failed()) return item.problem();
  }
  return "";
}

// Exactly one of the days may decide. Answers what is wrong, or "".
std::string check_days(const std::vector<std::string_view>& fields) {
  const bool by_month = fields[month_day_field] != "?";
  const bool by_week = fields[weekday_field] != "?";
  if (by_month != by_week) return "";
  const std::string problem =
      by_month ? "day of month and weekday are both set" : "day of month and weekday are both \"?\"";
  return problem + "; exactly one of them must be \"?\", as in \"0 30 2 * * ?\" or \"0 30 2 ? * MON-FRI\"";
}

tl::unexpected<Error> bad_cron(std::string_view text, const std::string& problem) {
  return fail(ErrorKind::invalid, "cron expression \"" + std::string(text) + "\"" + problem);
}

}  // namespace

Result<CronFields> parse_cron_fields(std::string_view text) {
  if (text.size() > kMaxCronText) {
    return fail(ErrorKind::invalid, "a cron expression has at most " + std::to_string(kMaxCronText) + " characters");
  }
  const std::string capitals = in_capitals(text);
  std::vector<std::string_view> fields = parts_of(capitals, " \t\r\n");
  if (fields.size() != 6 && fields.size() != 7) {
    return bad_cron(text, " must have six or seven fields, not " + std::to_string(fields.size()) + ": " + kShape +
                              ", as in \"0 30 2 * * ?\"");
  }
  if (fields.size() == 6) fields.emplace_back("*");
  CronFields result;
  for (const FieldIndex index :
       {seconds_field, minutes_field, hours_field, month_day_field, month_field, weekday_field, year_field}) {
    const bool day = index == month_day_field || index == weekday_field;
    if (day && fields[index] == "?") continue;
    const std::string problem = read_field(index, fields[index], result);
    if (problem.empty()) continue;
    return bad_cron(text, std::string(": ") + kKinds[index].name + " \"" + std::string(fields[index]) +
                              "\": " + problem + "; right are for example " + kKinds[index].examples);
  }
  if (const std::string problem = check_days(fields); !problem.empty()) return bad_cron(text, ": " + problem);
  return result;
}

}  // namespace qd::model
