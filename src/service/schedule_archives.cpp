#include "service/schedule_archives.hpp"

#include "base/text.hpp"
#include "service/access.hpp"

namespace qd::service {
namespace {

constexpr const char* kCalendarFile = "calendars.json";
constexpr const char* kScheduleFile = "schedule-definitions.yaml";

bool may_configure(const auth::Identity& who, const std::string& project) {
  return allowed(who, {"project", "configure", project});
}

// "Schedule Definitions/a.yaml" and "schedule_definitions.yaml" begin as "schedule-definitions" does.
bool begins(const std::string& path, std::string_view name) {
  std::string plain = base::lower(path);
  for (char& letter : plain) {
    if (letter == ' ' || letter == '_') letter = '-';
  }
  const std::string_view rest = std::string_view(plain).substr(std::min(name.size(), plain.size()));
  return plain.starts_with(name) && (rest.starts_with('.') || rest.starts_with('/'));
}

std::vector<std::string> prefixed(const std::string& file, std::vector<std::string> problems) {
  for (std::string& problem : problems) problem = file + ": " + problem;
  return problems;
}

void append(std::vector<std::string>& all, std::vector<std::string> more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

bool CalendarArchive::may_export(const auth::Identity& who, const std::string& project) const {
  return allowed(who, {"project", "read", project});
}

bool CalendarArchive::may_import(const auth::Identity& who, const std::string& project) const {
  return may_configure(who, project);
}

bool CalendarArchive::takes(const std::string& path) const {
  return begins(path, "calendars");
}

Result<> CalendarArchive::write(const std::string& project, const ComponentOptions&, ArchiveSink& to) {
  const std::string text = calendars_.export_text(project);
  if (text.empty()) return {};
  return to.add(kCalendarFile, text);
}

std::vector<std::string> CalendarArchive::read(const auth::Identity& who, const std::string& project,
                                               const ComponentFiles& files, const ComponentOptions&) {
  std::vector<std::string> problems;
  for (const auto& [file, text] : files) append(problems, prefixed(file, calendars_.import_text(who, project, text)));
  return problems;
}

bool ScheduleArchive::may_export(const auth::Identity& who, const std::string& project) const {
  return may_configure(who, project);
}

bool ScheduleArchive::may_import(const auth::Identity& who, const std::string& project) const {
  return may_configure(who, project);
}

bool ScheduleArchive::takes(const std::string& path) const {
  return begins(path, "schedule-definitions") || begins(path, "schedules");
}

Result<> ScheduleArchive::write(const std::string& project, const ComponentOptions&, ArchiveSink& to) {
  const std::string text = schedules_.export_text(project);
  if (text.empty()) return {};
  return to.add(kScheduleFile, text);
}

std::vector<std::string> ScheduleArchive::read(const auth::Identity& who, const std::string& project,
                                               const ComponentFiles& files, const ComponentOptions&) {
  std::vector<std::string> problems;
  for (const auto& [file, text] : files) append(problems, prefixed(file, schedules_.import_text(who, project, text)));
  return problems;
}

}  // namespace qd::service
