#include "sim_runner.hpp"

#include "base/json.hpp"
#include "cluster/candidates.hpp"

namespace qd::simulation {

namespace {

constexpr std::size_t kMostLookedAt = 50;
constexpr Millis kPauseBeforeRepeat{300};

bool is_shared(const model::Execution& execution) {
  const Json* why = find(execution.extra, "waits");
  return why != nullptr && why->is_string() && why->get_string() == "queue";
}

}  // namespace

SimRunner::SimRunner(const Parts& parts)
    : parts_(parts), executions_(parts.database), random_(parts.world.random()()), room_(parts.config.queue_room) {}

Result<std::optional<std::string>> SimRunner::route(const std::string& project) {
  using Kind = cluster::Decision::Kind;
  const auto& policy = parts_.config.policies.for_project(project);
  if (policy.kind == cluster::PolicyKind::none) return std::nullopt;
  const auto decision =
      cluster::choose(policy, cluster::candidates(parts_.cluster.view()), parts_.self.uuid(), random_, chooser_);
  if (decision.kind == Kind::nobody) return fail(ErrorKind::unavailable, decision.reason);
  if (decision.kind == Kind::queue) return std::optional(std::string());
  if (decision.uuid == parts_.self.uuid()) return std::nullopt;
  return std::optional(decision.uuid);
}

std::optional<std::string> SimRunner::choose_for_project(const std::string& project) {
  const auto chosen = route(project);
  if (!chosen) return std::nullopt;
  return !*chosen || (*chosen)->empty() ? parts_.self.uuid() : **chosen;
}

void SimRunner::begin(std::int64_t id, const model::Incarnation& life, const std::shared_ptr<void>& alive) {
  ++parts_.truth.begun[id];
  ++running_;
  auto& world = parts_.world;
  const auto lasts = static_cast<UnixMillis>(world.pick(static_cast<std::uint64_t>(parts_.config.longest_run.count())));
  world.spawn(parts_.process, world.now() + lasts, [this, alive, id, life] {
    store::ExecutionOutcome outcome;
    outcome.status = model::status::succeeded;
    for (bool known = false; !known && parts_.self.get() == life;) {  // a fenced life ends what it ran
      try {
        outcome.ended = own_clock();
        if (executions_.finish(id, life.uuid, life.number, outcome)) ++parts_.truth.outcomes[id];
        known = true;
      } catch (const store::DatabaseError&) {
        parts_.world.sleep(kPauseBeforeRepeat);
      }
    }
    --running_;
    soon_ = true;  // there is room again
  });
}

// The member is told by another thread: whoever forwards is the scheduler, which has more to start.
void SimRunner::forward(const model::Execution& execution, const std::shared_ptr<void>& alive) {
  if (execution.server_uuid.empty()) {
    ++parts_.truth.queued;
    soon_ = true;
    return;
  }
  ++parts_.truth.forwarded;
  forwarded_[execution.id] = {execution.server_uuid, own_clock()};
  parts_.world.spawn(parts_.process, parts_.world.now(), [this, alive, to = execution.server_uuid, id = execution.id] {
    try {
      (void)parts_.cluster.messages().send({to, cluster::message_kind::run, id, "", false});
    } catch (const store::DatabaseError&) {  // its row waits all the same
    }
  });
}

std::string SimRunner::told(const cluster::Incoming&) {
  soon_ = true;
  return "taken";
}

void SimRunner::look(const std::shared_ptr<void>& alive) {
  settle_uncertain(alive);
  take_back();
  for (const auto& execution : executions_.queued(parts_.self.uuid(), kMostLookedAt)) {
    if (is_shared(execution) && (running_ >= room_ || !may_take(execution))) continue;
    start_waiting(execution, alive);
  }
}

bool SimRunner::may_take(const model::Execution& execution) {
  const auto& policy = parts_.config.policies.for_project(execution.project);
  const Json* from = find(execution.extra, "from");
  for (const auto& candidate : cluster::candidates(parts_.cluster.view())) {
    if (candidate.uuid == parts_.self.uuid())
      return cluster::may_run(policy, candidate, from == nullptr ? "" : scalar_text(*from).value_or(""));
  }
  return false;
}

void SimRunner::start_waiting(const model::Execution& execution, const std::shared_ptr<void>& alive) {
  const auto life = parts_.self.get();
  bool taken = false;
  try {
    const auto now = own_clock();
    taken = execution.job_uuid.starts_with(kLimitedJob)
                ? executions_.start_within_limit(execution.id, now, life.uuid, life.number, 1)
                : executions_.start(execution.id, now, life.uuid, life.number);
  } catch (const store::DatabaseError&) {
    uncertain_.emplace_back(execution.id, life);
    throw;
  }
  if (taken) begin(execution.id, life, alive);
}

void SimRunner::settle_uncertain(const std::shared_ptr<void>& alive) {
  while (!uncertain_.empty()) {
    const auto [id, life] = uncertain_.back();
    const auto row = executions_.find(id);
    uncertain_.pop_back();
    const bool ours = row && row->status == model::status::running && row->server_uuid == life.uuid &&
                      row->incarnation == life.number && parts_.self.get() == life;
    if (ours) begin(id, life, alive);
  }
}

void SimRunner::take_back() {
  const auto before = own_clock() - parts_.config.start_within.count();
  for (auto entry = forwarded_.begin(); entry != forwarded_.end();) {
    const auto& [to, since] = entry->second;
    if (since > before) {
      ++entry;
      continue;
    }
    if (executions_.reassign(entry->first, to, parts_.self.uuid())) ++parts_.truth.taken_back;
    entry = forwarded_.erase(entry);
  }
}

}  // namespace qd::simulation
