// Notes on projects, their nodes, calendars and schedules.
#include "api/reference.hpp"

namespace qd::api {

std::span<const RouteNote> project_notes() {
  static constexpr RouteNote kNotes[] = {
      {"GET projects", "Projects that the user may read", "", "", "[Project]"},
      {"POST projects", "Make a project", "", "NewProject", "201 Project"},
      {"GET project/{project}", "A project, with its configuration for those who may configure it", "", "", "Project"},
      {"GET project/{project}/meta", "Facts about a project by name", "meta metaExclude", "", "json"},
      {"DELETE project/{project}", "Remove a project with its jobs and executions", "", "", ""},
      {"GET project/{project}/config", "Configuration of the project", "", "", "Properties text/plain"},
      {"PUT project/{project}/config", "Replace the configuration", "", "Properties text/plain",
       "Properties text/plain"},
      {"POST project/{project}/config", "Merge keys into the configuration", "", "Properties text/plain",
       "Properties text/plain"},
      {"GET project/{project}/config/{key*}", "One key of the configuration", "", "", "ConfigValue text/plain"},
      {"PUT project/{project}/config/{key*}", "Set one key of the configuration", "", "ConfigValue text/plain",
       "ConfigValue text/plain"},
      {"DELETE project/{project}/config/{key*}", "Remove one key of the configuration", "", "", ""},
      {"GET project/{project}/readme.md", "The project's readme", "", "", "Contents text/plain"},
      {"PUT project/{project}/readme.md", "Write the project's readme", "", "Contents text/plain",
       "Contents text/plain"},
      {"DELETE project/{project}/readme.md", "Remove the project's readme", "", "", ""},
      {"GET project/{project}/motd.md", "The project's message of the day", "", "", "Contents text/plain"},
      {"PUT project/{project}/motd.md", "Write the project's message of the day", "", "Contents text/plain",
       "Contents text/plain"},
      {"DELETE project/{project}/motd.md", "Remove the project's message of the day", "", "", ""},

      {"GET project/{project}/resources", "Nodes of the project that a filter finds",
       "filter format hostname tags name os-name os-family os-arch os-version exclude-hostname exclude-tags "
       "exclude-name exclude-os-name exclude-os-family exclude-os-arch exclude-os-version exclude-precedence",
       "", "Nodes text/yaml text/xml"},
      {"GET project/{project}/resource/{name}", "One node", "format", "", "Nodes text/yaml text/xml"},
      {"GET project/{project}/nodes/tags", "Tags of the nodes, and how many nodes have each", "", "", "NodeTags"},
      {"GET project/{project}/sources", "Node sources of the project, in their order", "", "", "[NodeSource]"},
      {"GET project/{project}/source/{index}", "One node source; the first has number 1", "", "", "NodeSource"},
      {"GET project/{project}/source/{index}/resources", "Nodes of one source", "format", "",
       "Nodes text/yaml text/xml"},
      {"POST project/{project}/source/{index}/resources", "Write the nodes of a writeable source", "format",
       "Nodes text/yaml text/xml", "Nodes text/yaml text/xml"},

      {"GET project/{project}/calendars", "Calendars of the project", "", "", "[Calendar]"},
      {"POST project/{project}/calendars", "Make a calendar of the project, or change the one with the body's id", "",
       "Calendar", "Calendar"},
      {"DELETE project/{project}/calendars/{id}", "Remove a calendar of the project", "", "", ""},
      {"GET system/calendars", "Calendars of the system", "", "", "[Calendar]"},
      {"POST system/calendars", "Make a calendar of the system, or change the one with the body's id", "", "Calendar",
       "Calendar"},
      {"DELETE system/calendars/{id}", "Remove a calendar of the system", "", "", ""},

      {"GET project/{project}/schedules", "Schedules of the project and the jobs that follow them", "format", "",
       "[ProjectSchedule] text/yaml"},
      {"POST project/{project}/schedules", "Make a schedule of the project", "", "ProjectSchedule",
       "201 ProjectSchedule"},
      {"POST project/{project}/schedules/import", "Make or change schedules, by their names", "", "text/yaml json",
       "ScheduleImport"},
      {"GET project/{project}/schedules/{id}", "One schedule of the project", "format", "",
       "ProjectSchedule text/yaml"},
      {"PUT project/{project}/schedules/{id}", "Change a schedule of the project", "", "ProjectSchedule",
       "ProjectSchedule"},
      {"DELETE project/{project}/schedules/{id}", "Remove a schedule of the project", "", "", ""},
      {"PUT project/{project}/schedules/{id}/jobs", "Let exactly these jobs follow the schedule", "", "json",
       "ProjectSchedule"},
      {"PUT project/{project}/schedules/{id}/jobs/{job}", "Let a job follow the schedule", "", "json",
       "ProjectSchedule"},
      {"DELETE project/{project}/schedules/{id}/jobs/{job}", "Let a job follow the schedule no longer", "", "",
       "ProjectSchedule"},
  };
  return kNotes;
}

}  // namespace qd::api
