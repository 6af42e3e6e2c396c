#include "app/archive_setup.hpp"

#include "service/schedule_archives.hpp"
#include "service/webhook_archive.hpp"

namespace qd::app {

service::ArchiveSettings archive_settings(const Config& config) {
  service::ArchiveSettings settings;
  settings.folder = (config.folders.var / "archives").string();
  settings.projects_folder = (config.folders.base / "projects").string();
  settings.max_archive = config.archives.max_archive;
  settings.max_unpacked = config.archives.max_unpacked;
  settings.max_file = std::min(settings.max_file, settings.max_unpacked);
  return settings;
}

service::ArchiveComponents make_archive_components(service::Webhooks& webhooks, service::Calendars& calendars,
                                                   service::ProjectSchedules& schedules) {
  service::ArchiveComponents components;
  components.push_back(std::make_unique<service::WebhookArchive>(webhooks));
  components.push_back(service::make_calendar_archive(calendars));
  components.push_back(service::make_schedule_archive(schedules));
  return components;
}

}  // namespace qd::app
