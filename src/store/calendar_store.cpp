#include "store/calendar_store.hpp"

#include "base/text.hpp"
#include "store/setting_store.hpp"

namespace qd::store {
namespace {

constexpr const char* calendar_version_key = "calendar.version";
constexpr const char* select_calendars = "SELECT id, project, definition FROM calendar WHERE project = ? ORDER BY name";
constexpr const char* select_all_calendars = "SELECT id, project, definition FROM calendar ORDER BY project, name";
constexpr const char* select_calendar = "SELECT id, project, definition FROM calendar WHERE id = ?";
constexpr const char* insert_calendar = "INSERT INTO calendar (project, name, definition) VALUES (?, ?, ?)";
constexpr const char* update_calendar = "UPDATE calendar SET name = ?, definition = ? WHERE id = ? AND project = ?";
constexpr const char* delete_calendar = "DELETE FROM calendar WHERE id = ? AND project = ?";

model::Calendar read_calendar(const Row& row) {
  const auto document = parse_json(row.text(2));
  auto calendar = document ? model::calendar_from_json(*document) : Result<model::Calendar>(fail(document.error()));
  if (!calendar) {
    throw DatabaseError("calendar " + row.text(0) + " cannot be read: " + calendar.error().message, false);
  }
  calendar->id = row.integer(0);
  calendar->project = row.text(1);
  return std::move(*calendar);
}

std::vector<model::Calendar> read_calendars(const Rows& rows) {
  std::vector<model::Calendar> calendars;
  calendars.reserve(rows.size());
  for (const auto& row : rows) calendars.push_back(read_calendar(row));
  return calendars;
}

}  // namespace

CalendarStore::CalendarStore(Database& database) : database_(database) {}

std::vector<model::Calendar> CalendarStore::list(const std::string& project) {
  return read_calendars(database_.query(select_calendars, {project}));
}

std::vector<model::Calendar> CalendarStore::all() {
  return read_calendars(database_.query(select_all_calendars));
}

std::optional<model::Calendar> CalendarStore::find(std::int64_t id) {
  const auto rows = database_.query(select_calendar, {id});
  if (rows.empty()) return std::nullopt;
  return read_calendar(rows.front());
}

std::int64_t CalendarStore::version() {
  const auto value = SettingStore(database_).get(calendar_version_key);
  return value ? base::parse_int(*value).value_or(0) : 0;
}

CalendarStore::SaveOutcome CalendarStore::save(model::Calendar& calendar) {
  const auto definition = boost::json::serialize(model::calendar_to_json(calendar));
  const auto given_id = calendar.id;
  try {
    database_.transact([&](Session& session) {
      calendar.id = given_id;
      const bool updated = given_id != 0 && session.execute(update_calendar, {calendar.name, definition, given_id,
                                                                              calendar.project}) > 0;
      if (!updated) calendar.id = session.insert(insert_calendar, {calendar.project, calendar.name, definition});
      SettingStore::increment(session, calendar_version_key);
    });
    return SaveOutcome::saved;
  } catch (const UniqueViolation&) {
    calendar.id = given_id;
    return SaveOutcome::name_taken;
  }
}

bool CalendarStore::remove(const std::string& project, std::int64_t id) {
  bool found = false;
  database_.transact([&](Session& session) {
    found = session.execute(delete_calendar, {id, project}) > 0;
    if (found) SettingStore::increment(session, calendar_version_key);
  });
  return found;
}

}  // namespace qd::store
