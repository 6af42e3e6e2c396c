#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

#include "base/text.hpp"
#include "model/calendar.hpp"

namespace qd::model {
namespace {

constexpr std::size_t kMaxCalendarDates = 4000;
constexpr std::array<const char*, 5> kDateTypes{"date", "range", "daily", "weekly", "monthly"};
constexpr std::array<const char*, 7> kShortWeekdays{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};

tl::unexpected<Error> bad_calendar(const std::string& what) {
  return fail(ErrorKind::invalid, "calendar: " + what);
}

std::optional<int> number_between(std::string_view text, int min, int max) {
  const auto value = base::parse_int(text);
  if (!value || *value < min || *value > max) return {};
  return static_cast<int>(*value);
}

// "2019/12/07" or "2019-12-07".
std::optional<std::chrono::year_month_day> read_date(std::string_view text) {
  const auto parts = base::split(base::replace_all(text, "-", "/"), '/');
  if (parts.size() != 3) return {};
  const auto year = number_between(parts[0], 1970, 2099);
  const auto month = number_between(parts[1], 1, 12);
  const auto day = number_between(parts[2], 1, 31);
  if (!year || !month || !day) return {};
  const auto date = std::chrono::year{*year} / *month / *day;
  return date.ok() ? std::optional(date) : std::nullopt;
}

// "08:00" or "08:00:30" as seconds of the day.
std::optional<int> read_time(std::string_view text) {
  const auto parts = base::split(text, ':');
  if (parts.size() != 2 && parts.size() != 3) return {};
  const auto hour = number_between(parts[0], 0, 23);
  const auto minute = number_between(parts[1], 0, 59);
  const auto second = parts.size() == 3 ? number_between(parts[2], 0, 59) : std::optional(0);
  if (!hour || !minute || !second) return {};
  return (*hour * 60 + *minute) * 60 + *second;
}

std::optional<int> read_weekday(std::string_view text) {
  for (std::size_t i = 0; i < kShortWeekdays.size(); ++i) {
    if (text.size() >= 3 && base::iequals(text.substr(0, 3), kShortWeekdays[i])) return static_cast<int>(i) + 1;
  }
  return number_between(text, 1, 7);
}

std::string text_of_date(const std::chrono::year_month_day& date) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%04d/%02u/%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text.data();
}

std::string text_of_time(int second) {
  std::array<char, 16> text{};
  const unsigned seconds = static_cast<unsigned>(second) % 86'400u;
  if (seconds % 60 == 0) {
    std::snprintf(text.data(), text.size(), "%02u:%02u", seconds / 3600, seconds / 60 % 60);
  } else {
    std::snprintf(text.data(), text.size(), "%02u:%02u:%02u", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }
  return text.data();
}

// One entry of "dateDefinition". Answers what would be right when it is wrong.
std::optional<std::string> read_entry(const std::string& entry, std::size_t index, Calendar& into) {
  switch (into.days) {
    case Calendar::Days::date:
    case Calendar::Days::range: {
      const auto date = read_date(entry);
      if (!date) return "a date as \"2026/12/24\"";
      into.dates.push_back(*date);
      return {};
    }
    case Calendar::Days::daily: {
      const auto time = read_time(entry);
      if (!time) return "a time of day as \"08:00\"";
      (index == 0 ? into.from_second : into.to_second) = *time;
      return {};
    }
    case Calendar::Days::weekly: {
      const auto weekday = read_weekday(entry);
      if (!weekday) return "a weekday as \"SAT\"";
      into.weekdays |= 1u << *weekday;
      return {};
    }
    case Calendar::Days::monthly: {
      const auto day = number_between(entry, 1, 31);
      if (!day) return "a day of the month, 1 to 31";
      into.month_days |= 1u << *day;
      return {};
    }
  }
  return {};
}

Result<> read_definition(const JsonObject& document, Calendar& into) {
  const Json* list = find(document, "dateDefinition");
  if (list == nullptr || !list->is_array() || list->get_array().empty()) {
    return bad_calendar("'dateDefinition' must be a list that is not empty");
  }
  const JsonArray& entries = list->get_array();
  const bool two = into.days == Calendar::Days::range || into.days == Calendar::Days::daily;
  if (two && entries.size() != 2) {
    return bad_calendar(std::string("'dateDefinition' of type ") + kDateTypes[static_cast<std::size_t>(into.days)] +
                        " must have two entries, the first and the last");
  }
  if (entries.size() > kMaxCalendarDates) {
    return bad_calendar("'dateDefinition' must have at most " + std::to_string(kMaxCalendarDates) + " entries");
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto entry = scalar_text(entries[i]);
    const auto wanted = read_entry(entry.value_or(""), i, into);
    if (!wanted) continue;
    const std::string shown = entry ? "\"" + *entry + "\"" : "that";
    return bad_calendar("'dateDefinition' entry " + std::to_string(i + 1) + " must be " + *wanted + ", not " + shown);
  }
  if (into.days == Calendar::Days::range && !into.recurrent && into.dates[1] < into.dates[0]) {
    return bad_calendar("'dateDefinition' ends before it starts; only a range with 'recurrent' may run over New Year");
  }
  return {};
}

JsonArray definition_of(const Calendar& calendar) {
  JsonArray entries;
  switch (calendar.days) {
    case Calendar::Days::date:
    case Calendar::Days::range:
      for (const auto& date : calendar.dates) entries.emplace_back(text_of_date(date));
      break;
    case Calendar::Days::daily:
      entries.emplace_back(text_of_time(calendar.from_second));
      entries.emplace_back(text_of_time(calendar.to_second));
      break;
    case Calendar::Days::weekly:
      for (std::size_t i = 0; i < kShortWeekdays.size(); ++i) {
        if (calendar.weekdays >> (i + 1) & 1u) entries.emplace_back(kShortWeekdays[i]);
      }
      break;
    case Calendar::Days::monthly:
      for (int day = 1; day <= 31; ++day) {
        if (calendar.month_days >> day & 1u) entries.emplace_back(day);
      }
      break;
  }
  return entries;
}

Result<> read_uses(const JsonObject& document, Calendar& into) {
  const Json* list = find(document, "objects");
  if (list == nullptr || list->is_null()) return {};
  if (!list->is_array()) return bad_calendar("'objects' must be a list");
  for (const Json& entry : list->get_array()) {
    if (!entry.is_object()) return bad_calendar("'objects' must be a list of maps with 'name' or 'uuid'");
    CalendarUse use{text_or(entry.get_object(), "uuid"), text_or(entry.get_object(), "name")};
    const std::string& key = into.level == Calendar::Level::system ? use.name : use.uuid;
    if (key.empty()) {
      return bad_calendar(into.level == Calendar::Level::system ? "each of 'objects' needs the 'name' of a project"
                                                                : "each of 'objects' needs the 'uuid' of a job");
    }
    into.uses.push_back(std::move(use));
  }
  return {};
}

// One of two words, "" counting as the first.
std::optional<bool> second_word(const JsonObject& document, std::string_view key, std::string_view first,
                                std::string_view second) {
  const std::string word = text_or(document, key, first);
  if (base::iequals(word, first)) return false;
  if (base::iequals(word, second)) return true;
  return {};
}

}  // namespace

Result<Calendar> calendar_from_json(const Json& document) {
  if (!document.is_object()) return bad_calendar("it must be a map");
  const JsonObject& object = document.get_object();
  Calendar calendar;
  if (const std::string id = text_or(object, "id"); !id.empty()) {
    const auto number = base::parse_int(id);
    if (!number || *number < 0) return bad_calendar("'id' must be a number, not \"" + id + "\"");
    calendar.id = *number;
  }
  calendar.name = std::string(base::trim(text_or(object, "name")));
  if (calendar.name.empty()) return bad_calendar("'name' is required");
  calendar.description = text_or(object, "description");
  const auto allowed = second_word(object, "calendarType", "blackout", "allowed");
  if (!allowed)
    return bad_calendar("'calendarType' must be blackout or allowed, not \"" + text_or(object, "calendarType") + "\"");
  calendar.mode = *allowed ? Calendar::Mode::allowed : Calendar::Mode::blackout;
  const auto system = second_word(object, "level", "project", "system");
  if (!system) return bad_calendar("'level' must be system or project, not \"" + text_or(object, "level") + "\"");
  calendar.level = *system ? Calendar::Level::system : Calendar::Level::project;
  if (!*system) calendar.project = text_or(object, "project");

  const std::string type = text_or(object, "dateType");
  const auto known =
      std::find_if(kDateTypes.begin(), kDateTypes.end(), [&](const char* name) { return base::iequals(type, name); });
  if (known == kDateTypes.end()) {
    return bad_calendar("'dateType' must be date, range, daily, weekly or monthly, not \"" + type + "\"");
  }
  calendar.days = static_cast<Calendar::Days>(known - kDateTypes.begin());
  calendar.recurrent = truth_or(object, "recurrent", false);
  calendar.enabled = truth_or(object, "enable", true);
  calendar.for_all = truth_or(object, "allReference", false);
  if (auto ok = read_definition(object, calendar); !ok) return fail(ok.error());
  if (auto ok = read_uses(object, calendar); !ok) return fail(ok.error());
  return calendar;
}

JsonObject calendar_to_json(const Calendar& calendar) {
  const bool system = calendar.level == Calendar::Level::system;
  Json uses;
  if (!calendar.uses.empty()) {
    JsonArray list;
    for (const CalendarUse& use : calendar.uses) {
      list.push_back(system ? JsonObject{{"name", use.name}} : JsonObject{{"uuid", use.uuid}, {"name", use.name}});
    }
    uses = std::move(list);
  }
  return JsonObject{{"id", calendar.id},
                    {"name", calendar.name},
                    {"description", calendar.description},
                    {"calendarType", calendar.mode == Calendar::Mode::allowed ? "allowed" : "blackout"},
                    {"level", system ? "system" : "project"},
                    {"project", system ? Json(nullptr) : Json(calendar.project)},
                    {"dateType", kDateTypes[static_cast<std::size_t>(calendar.days)]},
                    {"dateDefinition", definition_of(calendar)},
                    {"enable", calendar.enabled},
                    {"allReference", calendar.for_all},
                    {"recurrent", calendar.recurrent},
                    {"objects", uses}};
}

}  // namespace qd::model
