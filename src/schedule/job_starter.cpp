#include "schedule/job_starter.hpp"

#include "base/id.hpp"
#include "base/text.hpp"
#include "model/arg_string.hpp"
#include "store/execution_store.hpp"

namespace qd::schedule {

namespace {

constexpr std::size_t kMostJobsKept = 20'000;

class LaunchedFire final : public PreparedFire {
 public:
  explicit LaunchedFire(std::unique_ptr<engine::PreparedRun> run) : run_(std::move(run)) {}
  std::optional<std::int64_t> insert(store::Session& session, UnixMillis now) override {
    if (!run_->insert(session, now)) return std::nullopt;
    return run_->execution().id;
  }
  void start() override { run_->start(); }

 private:
  std::unique_ptr<engine::PreparedRun> run_;
};

FireStarter::Answer refused(std::string why) {
  return {nullptr, std::move(why), false};
}

}  // namespace

JobStarter::JobStarter(engine::Launcher& launcher, store::JobStore& jobs, store::ProjectStore& projects,
                       Excluded excluded, Settings settings)
    : launcher_(launcher), jobs_(jobs), projects_(projects), excluded_(std::move(excluded)), settings_(settings) {}

std::shared_ptr<const store::StoredJob> JobStarter::job_of(const store::ScheduleRow& schedule) {
  const auto known = jobs_read_.find(schedule.job_uuid);
  if (known != jobs_read_.end() && known->second.revision == schedule.job_revision) return known->second.job;
  auto stored = jobs_.find(schedule.job_uuid);
  if (!stored) return nullptr;
  if (jobs_read_.size() >= kMostJobsKept) jobs_read_.clear();
  Known read{stored->revision, std::make_shared<const store::StoredJob>(std::move(*stored))};
  jobs_read_[schedule.job_uuid] = read;
  return read.job;
}

const JobStarter::ProjectConfig* JobStarter::config_of(const std::string& project) {
  auto known = projects_read_.find(project);
  if (known == projects_read_.end()) {
    auto found = projects_.find(project);
    known = projects_read_.emplace(project, found ? std::optional(std::move(found->config)) : std::nullopt).first;
  }
  return known->second ? &*known->second : nullptr;
}

FireStarter::Answer JobStarter::prepare(const store::ScheduleRow& schedule, UnixMillis, UnixMillis) {
  const auto stored = job_of(schedule);
  if (!stored) return refused("the job does not exist any more");
  const auto& job = stored->job;
  if (!job.schedule_enabled) return refused("disabled: the job's schedule is off");
  const auto* config = config_of(job.project);
  if (config == nullptr) return refused("the project does not exist any more");
  const auto off = config->find("project.disable.schedule");
  if (off != config->end() && base::iequals(base::trim(off->second), "true")) {
    return refused("disabled: the project's schedules are off");
  }
  engine::RunRequest request;
  request.job = job;
  request.job_revision = stored->revision;
  request.user = stored->updated_by;
  request.roles = stored->updated_by_roles;
  request.type = "scheduled";
  if (!schedule.arg_string.empty()) request.options = model::parse_options(schedule.arg_string);
  auto prepared = launcher_.prepare(std::move(request), config);
  if (prepared) return {std::make_unique<LaunchedFire>(std::move(*prepared)), "", false};
  if (prepared.error().kind == ErrorKind::unavailable) return {nullptr, prepared.error().message, true};
  const bool disabled = prepared.error().code == "api.error.job.disabled";
  return refused((disabled ? "disabled: " : "") + prepared.error().message);
}

std::optional<std::int64_t> JobStarter::insert_missed(store::Session& session, const store::ScheduleRow& schedule,
                                                      const store::FireRow& fire) {
  if (!settings_.missed_executions) return std::nullopt;
  const auto stored = job_of(schedule);
  if (!stored) return std::nullopt;
  model::Execution execution;
  execution.uuid = base::new_uuid();
  execution.project = stored->job.project;
  execution.job_uuid = stored->job.uuid;
  execution.job_name = stored->job.name;
  execution.job_group = stored->job.group;
  execution.job_revision = stored->revision;
  execution.type = "scheduled";
  execution.user = stored->updated_by;
  execution.roles = stored->updated_by_roles;
  execution.status = model::status::missed;
  execution.description = fire.reason;
  execution.scheduled_for = fire.due;
  execution.started = fire.due;
  execution.ended = fire.claimed;
  execution.server_uuid = fire.owner_uuid;
  execution.id = store::ExecutionStore::create(session, execution);
  if (!stored->job.notifications.empty()) {
    store::DeliveryStore::insert(session, launcher_.deliveries_of_end(execution));
  }
  return execution.id;
}

std::string JobStarter::excluded(const store::ScheduleRow& schedule, UnixMillis due) {
  return excluded_ ? excluded_(schedule, due) : std::string();
}

}  // namespace qd::schedule
