#include "service/calendars.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>

#include "service/access.hpp"
#include "service/errors.hpp"
#include "service/job_of_project.hpp"

namespace qd::service {
namespace {

constexpr UnixMillis kLookAgainAfter = 500;
constexpr std::size_t kMaxCalendarName = 250;

bool applies(const model::Calendar& calendar, const std::string& project, const std::string& job_uuid) {
  const bool system = calendar.level == model::Calendar::Level::system;
  if (!system && calendar.project != project) return false;
  if (calendar.for_all) return true;
  return std::any_of(calendar.uses.begin(), calendar.uses.end(), [&](const model::CalendarUse& use) {
    return system ? use.name == project : use.uuid == job_uuid;
  });
}

}  // namespace

Result<> Calendars::check(const auth::Identity& who, const std::string& project, const std::string& action) {
  if (project.empty()) return require(who, {"system", action, ""}, "System", "calendars");
  if (!projects_.find(project)) return no_such_project(project);
  return require(who, {"project", action, project}, "Project", project);
}

Result<std::vector<model::Calendar>> Calendars::list(const auth::Identity& who, const std::string& project) {
  if (auto right = check(who, project, "read"); !right) return fail(right.error());
  return calendars_.list(project);
}

// What a calendar names must be there; the names of jobs are filled in.
Result<> Calendars::check_uses(model::Calendar& calendar) {
  for (model::CalendarUse& use : calendar.uses) {
    if (calendar.level == model::Calendar::Level::system) {
      if (!projects_.find(use.name)) return no_such_project(use.name);
      continue;
    }
    const auto job = jobs_.find(use.uuid);
    if (!job || job->job.project != calendar.project) {
      return fail(ErrorKind::invalid, "calendar: 'objects' names job " + use.uuid + ", which project " +
                                          calendar.project + " does not have. Remove it, or correct its uuid.");
    }
    use.name = job->job.path();
  }
  return {};
}

Result<model::Calendar> Calendars::save(const auth::Identity& who, const std::string& project,
                                        model::Calendar calendar) {
  if (auto right = check(who, project, "configure"); !right) return fail(right.error());
  calendar.level = project.empty() ? model::Calendar::Level::system : model::Calendar::Level::project;
  calendar.project = project;
  if (calendar.name.size() > kMaxCalendarName) {
    return fail(ErrorKind::invalid, "calendar: 'name' has " + std::to_string(calendar.name.size()) +
                                        " bytes; at most " + std::to_string(kMaxCalendarName) + " are kept.");
  }
  if (auto ok = check_uses(calendar); !ok) return fail(ok.error());
  if (calendars_.save(calendar) == store::CalendarStore::SaveOutcome::name_taken) {
    return fail(ErrorKind::conflict, "A calendar named \"" + calendar.name + "\" exists already" +
                                         (project.empty() ? "" : " in project " + project) +
                                         ". Give its id to change it, or choose another name.");
  }
  kept_.with([](Kept& kept) { kept.checked = 0; });
  return calendar;
}

Result<> Calendars::remove(const auth::Identity& who, const std::string& project, std::int64_t id) {
  if (auto right = check(who, project, "configure"); !right) return right;
  if (!calendars_.remove(project, id)) return no_such("Calendar", std::to_string(id));
  kept_.with([](Kept& kept) { kept.checked = 0; });
  return {};
}

std::string Calendars::export_text(const std::string& project) {
  JsonArray list;
  for (const model::Calendar& calendar : calendars_.list(project)) list.push_back(model::calendar_to_json(calendar));
  return list.empty() ? std::string() : boost::json::serialize(list);
}

void Calendars::find_jobs(model::Calendar& calendar, std::vector<std::string>& problems) {
  std::vector<model::CalendarUse> there;
  for (const model::CalendarUse& use : calendar.uses) {
    const auto job = job_of_project(jobs_, calendar.project, use.uuid, use.name);
    if (job) {
      there.push_back({job->job.uuid, job->job.path()});
    } else {
      problems.push_back("calendar \"" + calendar.name + "\": project " + calendar.project + " has no job " + use.name +
                         " (" + use.uuid + "); the calendar does not hold for it.");
    }
  }
  calendar.uses = std::move(there);
}

std::vector<std::string> Calendars::import_text(const auth::Identity& who, const std::string& project,
                                                std::string_view text) {
  auto document = parse_json(text);
  if (!document) return {document.error().message};
  if (!document->is_array()) return {"The file must be a list of calendars, as JSON."};
  std::map<std::string, std::int64_t> known;
  for (const model::Calendar& calendar : calendars_.list(project)) known[calendar.name] = calendar.id;
  std::vector<std::string> problems;
  for (Json& entry : document->get_array()) {
    if (entry.is_object()) entry.get_object()["level"] = "project";
    auto calendar = model::calendar_from_json(entry);
    if (!calendar) {
      problems.push_back(calendar.error().message);
      continue;
    }
    const auto same = known.find(calendar->name);
    calendar->id = same == known.end() ? 0 : same->second;
    calendar->project = project;
    find_jobs(*calendar, problems);
    if (const auto saved = save(who, project, std::move(*calendar)); !saved) problems.push_back(saved.error().message);
  }
  return problems;
}

Calendars::All Calendars::all() {
  const UnixMillis now = clock_.now();
  Kept known = kept_.with([](Kept& kept) { return kept; });
  // A clock that was set back must not keep an old answer.
  if (known.calendars && std::abs(now - known.checked) < kLookAgainAfter) return known.calendars;
  // The version first: a change in between is then read twice, and never missed.
  const std::int64_t version = calendars_.version();
  if (!known.calendars || version != known.version) {
    known = {std::make_shared<const std::vector<model::Calendar>>(calendars_.all()), version, now};
  }
  known.checked = now;
  kept_.with([&](Kept& kept) { kept = known; });
  return known.calendars;
}

std::vector<model::Calendar> Calendars::of_job(const std::string& project, const std::string& job_uuid) {
  if (!enabled_) return {};
  std::vector<model::Calendar> found;
  for (const model::Calendar& calendar : *all()) {
    if (calendar.enabled && applies(calendar, project, job_uuid)) found.push_back(calendar);
  }
  return found;
}

std::string Calendars::excluded(const store::ScheduleRow& schedule, UnixMillis due) {
  if (!enabled_) return {};
  const All calendars = all();
  if (calendars->empty()) return {};
  const auto zone = model::TimeZone::find(schedule.zone);
  if (!zone) return {};
  for (const model::Calendar& calendar : *calendars) {
    if (!applies(calendar, schedule.project, schedule.job_uuid) || !calendar.excludes(due, *zone)) continue;
    const bool system = calendar.level == model::Calendar::Level::system;
    return std::string("calendar: ") + (system ? "system" : "project") + " calendar \"" + calendar.name +
           (calendar.mode == model::Calendar::Mode::blackout ? "\" blacks this time out"
                                                             : "\" does not allow this time");
  }
  return {};
}

}  // namespace qd::service
