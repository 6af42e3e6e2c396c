#include "model/time_zone.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <date/tz.h>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <vector>

#include "base/guarded.hpp"
#include "base/text.hpp"
#include "model/time_zone_rule.hpp"

namespace qd::model {

// `changes` is never empty, ordered, and starts before all times.
struct TimeZone::Table {
  std::string name;
  std::vector<OffsetChange> changes;
};

namespace {

constexpr std::string_view kZoneFiles = "/usr/share/zoneinfo/";
constexpr std::int64_t kForever = std::int64_t{1} << 60;
constexpr int kFirstYear = 1970;
constexpr int kLastYear = 2101;

// Java's own short names, for those that the zone files do not have. Source: java.time.ZoneId.SHORT_IDS.
constexpr std::array<std::pair<std::string_view, const char*>, 25> kJavaNames{{
    {"ACT", "Australia/Darwin"},
    {"AET", "Australia/Sydney"},
    {"AGT", "America/Argentina/Buenos_Aires"},
    {"ART", "Africa/Cairo"},
    {"AST", "America/Anchorage"},
    {"BET", "America/Sao_Paulo"},
    {"BST", "Asia/Dhaka"},
    {"CAT", "Africa/Harare"},
    {"CNT", "America/St_Johns"},
    {"CST", "America/Chicago"},
    {"CTT", "Asia/Shanghai"},
    {"EAT", "Africa/Addis_Ababa"},
    {"ECT", "Europe/Paris"},
    {"IET", "America/Indiana/Indianapolis"},
    {"IST", "Asia/Kolkata"},
    {"JST", "Asia/Tokyo"},
    {"MIT", "Pacific/Apia"},
    {"NET", "Asia/Yerevan"},
    {"NST", "Pacific/Auckland"},
    {"PLT", "Asia/Karachi"},
    {"PNT", "America/Phoenix"},
    {"PRT", "America/Puerto_Rico"},
    {"PST", "America/Los_Angeles"},
    {"SST", "Pacific/Guadalcanal"},
    {"VST", "Asia/Ho_Chi_Minh"},
}};

const date::time_zone* locate(std::string_view name) {
  try {
    return date::locate_zone(name);
  } catch (const std::exception&) {
    return nullptr;
  }
}

bool have_zone_files() {
  return locate("UTC") != nullptr || locate("Europe/London") != nullptr;
}

// The rule on the last line of a zone file.
std::optional<TimeZoneRule> rule_of_file(const std::string& name) {
  std::ifstream file(std::string(kZoneFiles) + name, std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(file), {}};
  if (!content.ends_with('\n')) return {};
  const std::size_t before = content.rfind('\n', content.size() - 2);
  if (before == std::string::npos) return {};
  return TimeZoneRule::parse(std::string_view(content).substr(before + 1, content.size() - before - 2));
}

void append_change(std::vector<OffsetChange>& changes, const OffsetChange& next) {
  if (!changes.empty() && changes.back().offset == next.offset) return;
  changes.push_back(next);
}

void append_rule(std::vector<OffsetChange>& changes, const TimeZoneRule& rule, std::int64_t known_until) {
  for (const OffsetChange& change : changes_of(rule, kFirstYear, kLastYear)) {
    if (change.at > known_until) append_change(changes, change);
  }
}

std::vector<OffsetChange> changes_of_zone(const date::time_zone& zone) {
  const date::sys_seconds limit = date::sys_days{date::year{kLastYear} / 1 / 1};
  std::vector<OffsetChange> changes;
  std::int64_t begin = -kForever;
  for (date::sys_seconds at{}; at < limit;) {
    const date::sys_info info = zone.get_info(at);
    if (!changes.empty()) begin = info.begin.time_since_epoch().count();
    append_change(changes, {begin, static_cast<std::int32_t>(info.offset.count())});
    at = info.end;
  }
  if (const auto rule = rule_of_file(zone.name())) append_rule(changes, *rule, begin);
  return changes;
}

// "+2", "-5:30", "+0530" as seconds.
std::optional<std::int32_t> fixed_offset(std::string_view text) {
  if (text.size() < 2 || (text[0] != '+' && text[0] != '-')) return {};
  std::string_view hours = text.substr(1);
  std::string_view minutes = "0";
  const std::size_t colon = hours.find(':');
  if (colon != std::string_view::npos) {
    minutes = hours.substr(colon + 1);
    hours = hours.substr(0, colon);
    if (minutes.size() != 2) return {};
  } else if (hours.size() > 2) {
    minutes = hours.substr(hours.size() - 2);
    hours.remove_suffix(2);
  }
  if (hours.empty() || hours.size() > 2) return {};
  if ((hours.find_first_not_of("0123456789") != hours.npos) ||
      minutes.find_first_not_of("0123456789") != minutes.npos) {
    return {};
  }
  const auto h = base::parse_int(hours);
  const auto m = base::parse_int(minutes);
  if (!h || !m || *h > 23 || *m > 59) return {};
  const auto seconds = static_cast<std::int32_t>(*h * 3600 + *m * 60);
  return text[0] == '-' ? -seconds : seconds;
}

// The zones that need no file: UTC, GMT, GMT+2, UTC-05:30.
std::optional<std::int32_t> offset_by_name(std::string_view name) {
  if (name == "Z") return 0;
  if (!name.starts_with("UTC") && !name.starts_with("GMT")) return {};
  return name.size() == 3 ? 0 : fixed_offset(name.substr(3));
}

std::string server_zone_name() {
  try {
    return date::current_zone()->name();
  } catch (const std::exception&) {
    return "UTC";
  }
}

}  // namespace

Result<TimeZone> TimeZone::read(const std::string& name) {
  if (const auto offset = offset_by_name(name)) {
    return TimeZone(std::make_shared<const Table>(Table{name, {{-kForever, *offset}}}));
  }
  const auto java =
      std::find_if(kJavaNames.begin(), kJavaNames.end(), [&](const auto& known) { return known.first == name; });
  const date::time_zone* zone = locate(java == kJavaNames.end() ? std::string_view(name) : java->second);
  if (zone == nullptr && !have_zone_files()) {
    return fail(ErrorKind::unavailable, "time zone \"" + name +
                                            "\" cannot be read, as this server has no zone files in " +
                                            std::string(kZoneFiles) + ": install the package tzdata");
  }
  if (zone == nullptr) {
    return fail(ErrorKind::invalid, "time zone \"" + name +
                                        "\" is not known; right are for example \"Europe/Berlin\", \"UTC\" or "
                                        "\"GMT+2\"");
  }
  try {
    return TimeZone(std::make_shared<const Table>(Table{name, changes_of_zone(*zone)}));
  } catch (const std::exception& problem) {
    return fail(ErrorKind::unavailable,
                "time zone \"" + name + "\" cannot be read: " + problem.what() + "; install the package tzdata again");
  }
}

Result<TimeZone> TimeZone::find(std::string_view name) {
  static base::Guarded<std::map<std::string, TimeZone, std::less<>>> known;
  const auto seen = known.with([&](const auto& zones) -> std::optional<TimeZone> {
    const auto found = zones.find(name);
    return found == zones.end() ? std::nullopt : std::optional(found->second);
  });
  if (seen) return *seen;

  const char* setting = name.empty() ? std::getenv("TZ") : nullptr;
  auto zone = setting != nullptr ? from_setting(setting) : read(name.empty() ? server_zone_name() : std::string(name));
  if (!zone && name.empty()) zone = utc();
  if (zone) known.with([&](auto& zones) { zones.emplace(name, *zone); });
  return zone;
}

Result<TimeZone> TimeZone::from_setting(std::string_view tz) {
  if (tz.starts_with(':')) tz.remove_prefix(1);
  if (tz.starts_with(kZoneFiles)) tz.remove_prefix(kZoneFiles.size());
  if (tz.empty()) return utc();
  auto zone = read(std::string(tz));
  if (zone) return zone;
  const auto rule = TimeZoneRule::parse(tz);
  if (!rule) return zone;
  Table table{std::string(tz), {{-kForever, rule->offset}}};
  append_rule(table.changes, *rule, -kForever);
  return TimeZone(std::make_shared<const Table>(std::move(table)));
}

TimeZone TimeZone::utc() {
  static const auto table = std::make_shared<const Table>(Table{"UTC", {{-kForever, 0}}});
  return TimeZone(table);
}

const std::string& TimeZone::name() const {
  return table_->name;
}

TimeZone::Period TimeZone::period_at(std::int64_t seconds) const {
  const auto& changes = table_->changes;
  const auto next = std::upper_bound(changes.begin() + 1, changes.end(), seconds,
                                     [](std::int64_t time, const OffsetChange& change) { return time < change.at; });
  const OffsetChange& now = *(next - 1);
  if (next == changes.end()) return {now.at, kForever, now.offset, now.offset};
  return {now.at, next->at, now.offset, next->offset};
}

std::int32_t TimeZone::offset_at(UnixMillis time) const {
  const std::int64_t seconds = time >= 0 ? time / 1000 : -((-time + 999) / 1000);
  return period_at(seconds).offset;
}

}  // namespace qd::model
