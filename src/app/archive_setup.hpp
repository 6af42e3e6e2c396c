// What the configuration says about project archives, and what stands in them beside the usual.
#pragma once

#include "app/config.hpp"
#include "service/archive_component.hpp"
#include "service/archive_settings.hpp"
#include "service/calendars.hpp"
#include "service/project_schedules.hpp"
#include "service/webhooks.hpp"

namespace qd::app {

service::ArchiveSettings archive_settings(const Config& config);
// Every part of a project that wants to be in its archives is named here.
service::ArchiveComponents make_archive_components(service::Webhooks& webhooks, service::Calendars& calendars,
                                                   service::ProjectSchedules& schedules);

}  // namespace qd::app
