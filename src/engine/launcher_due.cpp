#include <algorithm>

#include "base/logging.hpp"
#include "engine/admission.hpp"
#include "engine/launcher_impl.hpp"
#include "model/option_rules.hpp"

namespace qd::engine {

namespace {

constexpr Millis kLookAtLeast{30'000};  // scheduled executions that other members wrote
constexpr Millis kShortestLook{20};
constexpr std::size_t kDueBatch = 50;

}  // namespace

// Sets the timer to the next time that something is due. What waits on loop and pool must not keep the launcher alive.
void Launcher::Impl::look_later() {
  parts.loop.post([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    auto& loop = self->parts.loop;
    if (self->look_timer != 0) loop.cancel(self->look_timer);
    self->look_timer = 0;
    if (!self->started) return;
    auto pause = kLookAtLeast;
    if (const auto next = self->due.next()) {
      pause = std::clamp(Millis{*next - self->parts.clock.now()}, kShortestLook, kLookAtLeast);
    }
    self->look_timer = loop.after(pause, [weak] {
      const auto ticked = weak.lock();
      if (!ticked) return;
      ticked->look_timer = 0;
      ticked->parts.pool.post([weak] {
        if (const auto looking = weak.lock()) looking->look();
      });
    });
  });
}

void Launcher::Impl::look() {
  try {
    while (started && mode == Mode::active) {
      const auto executions = parts.executions.due(parts.clock.now(), kDueBatch);
      bool room = true;
      for (const auto& execution : executions) room = room && start_due(execution);
      if (!room || executions.size() < kDueBatch) break;
    }
    due.forget_before(parts.clock.now() - kLookAtLeast.count());
  } catch (const store::DatabaseError& error) {
    base::log_warn("engine", std::string("looking for scheduled executions failed: ") + error.what());
  }
  look_later();
}

// False when no more can run here now.
bool Launcher::Impl::start_due(const model::Execution& execution) {
  if (!registry.reserve(config.max_running)) return false;
  const auto now = parts.clock.now();
  bool taken = false;
  try {
    taken = parts.executions.start(execution.id, now, config.server_uuid, config.incarnation);
  } catch (...) {
    registry.release();
    throw;
  }
  if (!taken) {
    due.take(execution.id);
    registry.release();
    return true;
  }
  auto own = execution;
  own.status = model::status::running;
  own.started = now;
  own.server_uuid = config.server_uuid;
  own.incarnation = config.incarnation;
  start(plan_due(std::move(own)));
  return true;
}

// A row whose time has come, as something to run. What is wrong with it by now is told by its own log.
RunPlan Launcher::Impl::plan_due(model::Execution execution) {
  RunPlan plan;
  model::Job job;
  if (execution.ad_hoc) {
    job = *execution.ad_hoc;
  } else if (auto stored = parts.jobs.find(execution.job_uuid)) {
    job = std::move(stored->job);
  } else {
    plan.refusal = "Job ID does not exist: " + execution.job_uuid;
  }
  if (auto project = project_config(execution.project)) {
    plan.project_config = std::move(*project);
    if (auto enabled = check_enabled(job, plan.project_config); !enabled) plan.refusal = enabled.error().message;
  } else {
    plan.refusal = project.error().message;
  }
  if (execution.node_filter != (job.node_filters ? job.node_filters->filter : "")) {
    if (!job.node_filters) job.node_filters.emplace();
    job.node_filters->filter = execution.node_filter;
    job.node_filters->filter_exclude.clear();
  }
  plan.given = due.take(execution.id).value_or(execution.options);
  auto options = model::resolve_options(job, plan.given, {parts.read_secret, {}});
  if (options) {
    plan.options = std::move(*options);
  } else if (plan.refusal.empty()) {
    plan.refusal = "Job options were not valid: " + options.error().message;
  }
  plan.job = std::make_shared<const model::Job>(std::move(job));
  plan.execution = std::move(execution);
  return plan;
}

}  // namespace qd::engine
