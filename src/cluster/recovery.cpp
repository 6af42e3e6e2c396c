#include "cluster/recovery.hpp"

#include <algorithm>

#include "base/logging.hpp"
#include "store/schedule_store.hpp"

namespace qd::cluster {
namespace {

using State = model::Member::State;

constexpr Millis sweep_interval{3'000};
constexpr std::size_t most_swept = 200;  // in one tick

FlowRules recovery_rules(const TakeoverConfig& config, const HeartbeatConfig& heartbeat) {
  return {store::proposal::recovery, "close the executions", config.delay, config.sleep, heartbeat.consider_inactive};
}

}  // namespace

Recovery::Recovery(store::Database& database, const model::OwnIncarnation& self, const TakeoverConfig& config,
                   const HeartbeatConfig& heartbeat, bool clustered, Journal& journal, RecoveryHooks hooks)
    : database_(database),
      self_(self),
      config_(config),
      clustered_(clustered),
      journal_(journal),
      hooks_(std::move(hooks)),
      orphans_(database),
      flow_(database, self, journal, recovery_rules(config, heartbeat)) {}

bool Recovery::another_is_active() const {
  return std::any_of(view_->members.begin(), view_->members.end(), [&](const MemberView& other) {
    return other.member.id.uuid != self_.uuid() && other.standing == Standing::active && other.member.active;
  });
}

std::string Recovery::refusal(const model::Member& target, bool active) const {
  if (!config_.enabled) return "recovery is off here (rundeck.clusterMode.recoverExecutions.enabled)";
  if (!active && another_is_active()) return "this member is passive";
  if (config_.policy == TakeoverPolicy::fixed && !config_.allowed.contains(target.id.uuid)) {
    return "policy Static does not list it (rundeck.clusterMode.recoverExecutions.config.allowed)";
  }
  return "";
}

void Recovery::tick(const ClusterView& view, const FailureDetector& detector, bool active) {
  view_ = &view;
  if (clustered_) {
    flow_.begin(view, detector);
    for (const auto& target : view.members) {
      const auto& member = target.member;
      if (target.standing != Standing::dead || member.id.uuid == self_.uuid()) continue;
      const bool fenced = member.state == State::dead || member.state == State::stopped;
      if (fenced || !orphans_.holds_any(member.id)) continue;
      if (const auto why_not = refusal(member, active); !why_not.empty()) {
        journal_.once("recovery" + member.id.uuid,
                      {"recovery.refused", member.id.uuid,
                       "Does not close the executions of " + display_name(member) + ": " + why_not + "."});
      } else {
        fence(target);
      }
    }
  }
  if (!sweep_now_.exchange(false) && view.now < next_sweep_) return;
  sweep(active);
  next_sweep_ = view.now + sweep_interval.count();
}

void Recovery::fence(const MemberView& target) {
  const auto proposal = flow_.turn(target, false);
  if (!proposal) return;
  const auto& id = target.member.id;
  const Note done{
      "recovery.done", id.uuid,
      "Declared " + display_name(target.member) + " dead: " + target.reason + ". Its executions are closed."};
  const Note back{"recovery.cancelled", id.uuid,
                  "Does not close the executions of " + display_name(target.member) + ": it came back just now."};
  bool alive = false, fenced = false;
  try {
    database_.transact([&](store::Session& session) {
      fenced = false;
      alive = store::ScheduleStore::hold_alive(session, self_.get());
      if (!alive) return;
      fenced = store::MemberStore::declare_dead(session, id, target.member.beat) ||
               store::MemberStore::hold(session, id, State::dead);
      const auto& note = fenced ? done : back;
      const auto state = fenced ? store::proposal::done : store::proposal::cancelled;
      const auto now = session.now();
      if (!store::ProposalStore::finish(session, proposal->id, self_.get(), state, note.message, now)) {
        throw LostTheRace{};
      }
      journal_.append(session, now, note);
    });
  } catch (const LostTheRace&) {
    return;
  }
  if (!alive) return;
  journal_.log(fenced ? done : back);
  if (fenced) sweep_soon();
}

bool Recovery::is_mine_to_sweep(const model::Execution& execution) const {
  return execution.server_uuid == self_.uuid() || (clustered_ && config_.enabled);
}

void Recovery::sweep(bool active) {
  const bool leave_to_others = !active && clustered_ && another_is_active();
  for (const auto& execution : orphans_.running(most_swept)) {
    const bool own = execution.server_uuid == self_.uuid();
    if (is_mine_to_sweep(execution) && (own || !leave_to_others)) close(execution);
  }
  if (!clustered_ || leave_to_others) return;
  for (const auto& execution : orphans_.waiting(most_swept)) unassign(execution);
}

void Recovery::sweep_own(const ClusterView& view) {
  view_ = &view;
  for (bool more = true; more;) {
    more = false;
    for (const auto& execution : orphans_.running(most_swept, self_.uuid())) more = close(execution) || more;
  }
}

std::unique_ptr<PreparedRetry> Recovery::retry_of(const model::Execution& execution) const {
  const bool own = execution.server_uuid == self_.uuid();
  const bool known = view_->find(execution.server_uuid) != nullptr;
  const bool listed = config_.policy != TakeoverPolicy::fixed || config_.allowed.contains(execution.server_uuid);
  if (!hooks_.retry || (known && !own && !listed)) return nullptr;
  try {
    return hooks_.retry(execution);
  } catch (const store::DatabaseError&) {
    throw;
  } catch (const std::exception& error) {
    base::log_error("cluster", "Execution " + std::to_string(execution.id) + " is not retried: " + error.what());
    return nullptr;
  }
}

std::string Recovery::cause(const model::Execution& execution) const {
  const auto* owner = view_->find(execution.server_uuid);
  if (owner == nullptr) return "The member that ran it, " + execution.server_uuid + ", is not known.";
  const auto name = "The member that ran it, " + display_name(owner->member) + ", ";
  if (owner->member.id.number != execution.incarnation) return name + "ended and was started again.";
  // The view is older than the row: this member, or another, has just declared it dead.
  if (owner->member.state == State::live || owner->member.state == State::leaving) {
    return name + "is gone" + (owner->reason.empty() ? "." : ": " + owner->reason + ".");
  }
  return name + "is " + model::to_text(owner->member.state) + ".";
}

std::vector<store::Delivery> Recovery::deliveries_of(model::Execution execution, const std::string& reason,
                                                     bool retried) const {
  if (!hooks_.tell) return {};
  execution.status = retried ? model::status::failed_with_retry : model::status::incomplete;
  execution.ended = view_->now;
  execution.abort_reason = reason;
  return hooks_.tell(execution);
}

bool Recovery::close(const model::Execution& execution) {
  const auto reason = cause(execution);
  const Note note{"recovery.closed", execution.server_uuid,
                  "Closed execution " + std::to_string(execution.id) + " as incomplete. " + reason,
                  "{\"execution\":" + std::to_string(execution.id) + "}"};
  const auto retry = retry_of(execution);
  const auto deliveries = deliveries_of(execution, reason, retry != nullptr);
  bool closed = false;
  database_.transact([&](store::Session& session) {
    closed = false;
    if (!store::ScheduleStore::hold_alive(session, self_.get())) return;
    const auto now = session.now();
    closed = store::OrphanStore::close(session, execution, reason, now);
    if (!closed) return;
    if (retry) retry->insert(session, now);
    store::DeliveryStore::insert(session, deliveries);
    journal_.append(session, now, note);
  });
  if (closed) journal_.log(note);
  if (closed && retry) retry->start();
  return closed;
}

void Recovery::unassign(const model::Execution& execution) {
  using Freed = store::OrphanStore::Freed;
  Note note{"recovery.unassigned", execution.server_uuid,
            "Execution " + std::to_string(execution.id) + " no longer waits for a member that is gone.",
            "{\"execution\":" + std::to_string(execution.id) + "}"};
  auto freed = Freed::no;
  database_.transact([&](store::Session& session) {
    freed = Freed::no;
    if (!store::ScheduleStore::hold_alive(session, self_.get())) return;
    const auto now = session.now();
    freed = store::OrphanStore::unassign(session, execution, now);
    if (freed == Freed::closed) {
      note.kind = "recovery.closed";
      note.message = "Closed execution " + std::to_string(execution.id) +
                     " as incomplete: its secure options were lost with the member that forwarded it.";
    }
    if (freed != Freed::no) journal_.append(session, now, note);
  });
  if (freed == Freed::no) return;
  journal_.log(note);
  if (!hooks_.reassign || freed == Freed::closed) return;
  try {
    hooks_.reassign(execution);
  } catch (const std::exception& error) {
    base::log_error("cluster", "Execution " + std::to_string(execution.id) + " was not assigned anew: " + error.what());
  }
}

}  // namespace qd::cluster
