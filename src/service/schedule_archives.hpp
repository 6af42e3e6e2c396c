// Calendars and project schedules as parts of project archives. The peer names the components; what it calls their
// files is documented nowhere: ours are calendars.json and schedule-definitions.yaml, and any file whose name begins
// like that is read.
#pragma once

#include "service/archive_component.hpp"
#include "service/calendars.hpp"
#include "service/project_schedules.hpp"

namespace qd::service {

// A JSON list in the shape of the API. Calendars with a name that the project has already are changed. Thread-safe.
class CalendarArchive final : public ArchiveComponent {
 public:
  explicit CalendarArchive(Calendars& calendars) : calendars_(calendars) {}

  std::string name() const override { return "calendars"; }
  bool may_export(const auth::Identity& who, const std::string& project) const override;
  bool may_import(const auth::Identity& who, const std::string& project) const override;
  bool takes(const std::string& path) const override;
  Result<> write(const std::string& project, const ComponentOptions& options, ArchiveSink& to) override;
  std::vector<std::string> read(const auth::Identity& who, const std::string& project, const ComponentFiles& files,
                                const ComponentOptions& options) override;

 private:
  Calendars& calendars_;
};

// A YAML file of schedules, each with the jobs that it is assigned to. Thread-safe.
class ScheduleArchive final : public ArchiveComponent {
 public:
  explicit ScheduleArchive(ProjectSchedules& schedules) : schedules_(schedules) {}

  std::string name() const override { return "Schedule Definitions"; }
  bool may_export(const auth::Identity& who, const std::string& project) const override;
  bool may_import(const auth::Identity& who, const std::string& project) const override;
  bool takes(const std::string& path) const override;
  Result<> write(const std::string& project, const ComponentOptions& options, ArchiveSink& to) override;
  std::vector<std::string> read(const auth::Identity& who, const std::string& project, const ComponentFiles& files,
                                const ComponentOptions& options) override;

 private:
  ProjectSchedules& schedules_;
};

}  // namespace qd::service
