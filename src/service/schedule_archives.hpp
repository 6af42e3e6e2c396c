// Calendars and project schedules as parts of project archives. The peer names the components; what it calls their
// files is documented nowhere: ours are calendars.json and schedule-definitions.yaml, and any file whose name begins
// like that is read.
#pragma once

#include <memory>

#include "service/archive_component.hpp"
#include "service/calendars.hpp"
#include "service/project_schedules.hpp"

namespace qd::service {

// A JSON list in the shape of the API. Calendars with a name that the project has already are changed. What is given
// lives longer.
std::unique_ptr<ArchiveComponent> make_calendar_archive(Calendars& calendars);
// A YAML file of schedules, each with the jobs that it is assigned to.
std::unique_ptr<ArchiveComponent> make_schedule_archive(ProjectSchedules& schedules);

}  // namespace qd::service
