#include "engine/notifications.hpp"

#include "base/logging.hpp"
#include "engine/job_context.hpp"
#include "engine/launcher_impl.hpp"
#include "model/expand.hpp"

namespace qd::engine {

namespace {

void store_now(const LauncherParts& parts, const model::NotificationEvent& event) {
  try {
    const auto deliveries = parts.notifications.plan(event);
    if (deliveries.empty()) return;
    parts.database.transact([&](store::Session& session) {
      if (store::ExecutionStore::hold_ours(session, event.execution)) {
        store::DeliveryStore::insert(session, deliveries);
      }
    });
    if (parts.notifications.stored) parts.notifications.stored();
  } catch (const std::exception& error) {
    base::log_error("engine", "nobody is told of '" + event.trigger + "' of execution " +
                                  std::to_string(event.execution.id) + ": " + error.what());
  }
}

std::optional<UnixMillis> average_of(const LauncherParts& parts, const model::Job& job) {
  try {
    return parts.executions.recent_durations(job.uuid).average();
  } catch (const store::DatabaseError& error) {
    base::log_warn("engine", "the average duration of job " + job.uuid + " is not known: " + error.what());
    return std::nullopt;
  }
}

}  // namespace

bool wants_telling(const LauncherParts& parts, const model::Job& job, const char* trigger) {
  return parts.notifications.plan && model::tells_of(job, trigger);
}

model::DataContext tellable_context(const model::Job& job, model::DataContext context, const SharedData* data,
                                    const Masker& masker) {
  auto options = context.group("option");
  for (const auto& option : job.options) {
    if (option.secure) options.erase(option.name);
  }
  context.set_group("option", std::move(options));
  if (data != nullptr) data->add_to(context);
  if (masker.empty()) return context;
  for (const auto& name : context.group_names()) {
    auto group = context.group(name);
    for (auto& [key, value] : group) value = masker.apply(value);
    context.set_group(name, std::move(group));
  }
  return context;
}

base::Task<void> tell(const LauncherParts& parts, model::NotificationEvent event) {
  auto storing = base::run_on(parts.pool, parts.loop, [&] { store_now(parts, event); });
  co_await storing;
}

base::Task<void> DurationWatch::start(const LauncherParts& parts, model::NotificationEvent event) {
  auto asking = base::run_on(parts.pool, parts.loop, [&] { return average_of(parts, *event.job); });
  const auto average = co_await asking;
  const auto written = model::expand_text(event.job->notify_avg_duration_threshold, event.context);
  const auto threshold = model::duration_threshold(written, average);
  if (!threshold) co_return;
  timer_ = loop_.after(*threshold, [this, &parts, event = std::move(event)] {
    timer_ = 0;
    auto telling = tell(parts, event);
    base::spawn(std::move(telling));
  });
}

void DurationWatch::stop() {
  if (timer_ != 0) loop_.cancel(timer_);
  timer_ = 0;
}

std::vector<store::Delivery> Launcher::Impl::deliveries_of_end(const model::Execution& closed) const {
  if (!parts.notifications.plan || closed.job_uuid.empty()) return {};
  try {
    auto stored = parts.jobs.find(closed.job_uuid);
    if (!stored || stored->job.notifications.empty()) return {};
    const auto project = parts.projects.find(closed.project);
    model::NotificationEvent event;
    event.trigger = model::trigger_of_end(closed);
    event.execution = closed;
    event.job = std::make_shared<const model::Job>(std::move(stored->job));
    model::RunOptions options;
    options.plain = closed.options;
    const auto settings = merged_settings(config, project ? project->config : std::map<std::string, std::string>());
    event.context =
        tellable_context(*event.job, make_context(config, settings, closed, *event.job, options), nullptr, Masker());
    return parts.notifications.plan(event);
  } catch (const store::DatabaseError&) {
    throw;
  } catch (const std::exception& error) {
    base::log_error("engine",
                    "nobody is told of the end of execution " + std::to_string(closed.id) + ": " + error.what());
    return {};
  }
}

}  // namespace qd::engine
