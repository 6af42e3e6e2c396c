#include "cluster/membership.hpp"

#include <algorithm>

#include "base/logging.hpp"

namespace qd::cluster {
namespace {

using RowState = model::Member::State;

Standing standing_of(const model::Member& member, Millis age, const HeartbeatConfig& config) {
  switch (member.state) {
    case RowState::dead:
      return Standing::dead;
    case RowState::stopped:
      return Standing::stopped;
    case RowState::leaving:
      return age > config.consider_dead ? Standing::dead : Standing::leaving;
    case RowState::live:
      break;
  }
  if (age > config.consider_dead) return Standing::dead;
  return age > config.consider_inactive ? Standing::inactive : Standing::active;
}

std::string mode_text(bool active) {
  return active ? "active" : "passive";
}

}  // namespace

const char* to_text(Standing standing) {
  switch (standing) {
    case Standing::active:
      return "active";
    case Standing::inactive:
      return "inactive";
    case Standing::dead:
      return "dead";
    case Standing::leaving:
      return "leaving";
    case Standing::stopped:
      return "stopped";
  }
  return "";
}

const MemberView* ClusterView::find(const std::string& uuid) const {
  for (const auto& view : members) {
    if (view.member.id.uuid == uuid) return &view;
  }
  return nullptr;
}

Membership::Membership(store::Database& database, store::LivenessSession* liveness, model::OwnIncarnation& self,
                       const HeartbeatConfig& config, Journal& journal, MembershipHooks hooks)
    : database_(database),
      liveness_(liveness),
      self_(self),
      config_(config),
      journal_(journal),
      hooks_(std::move(hooks)),
      members_(database),
      messages_(database) {}

Membership::Phase Membership::phase() const {
  return state_.with([](const State& state) { return state.phase; });
}

bool Membership::active() const {
  return state_.with([](const State& state) { return state.active; });
}

Error Membership::refusal(const std::optional<model::Member>& other) const {
  std::string who = "Another process runs as member " + self_.uuid();
  if (other) {
    who += ": " + display_name(*other) + " on host " + other->host + ", " + other->url + ", since " +
           iso8601(other->started);
  }
  return {
      ErrorKind::conflict,
      who + ". Stop that process, or give this one a uuid of its own (rundeck.server.uuid in framework.properties).",
      {}};
}

// Without a lock only the beats tell whether a process lives.
bool Membership::is_fresh(const model::Member& row) {
  if (row.state != RowState::live && row.state != RowState::leaving) return false;
  const auto window = std::min(config_.consider_inactive, std::max(2 * config_.interval, Millis{1000}));
  return database_.now() - row.beat < window.count();
}

Result<> Membership::start(const model::Member& self) {
  description_ = self;
  description_.id.uuid = self_.uuid();
  state_.with([&](State& state) { state.active = self.active; });
  const bool locked = liveness_ == nullptr || liveness_->acquire();
  const auto row = members_.find(self_.uuid());
  if (!locked) return fail(refusal(row));
  const bool lock_tells = liveness_ != nullptr && row && !row->lock_boot.empty();
  if (row && !lock_tells && is_fresh(*row)) {
    auto error = refusal(row);
    error.message += " If that process was killed, start again when its last heartbeat is older: in at most " +
                     in_seconds(std::min(config_.consider_inactive, 2 * config_.interval)) + ".";
    if (liveness_ != nullptr) liveness_->release();
    return fail(error);
  }
  return register_life(row, "member.started");
}

Result<> Membership::rejoin() {
  if (phase() != Phase::fenced) return {};
  if (liveness_ != nullptr && !liveness_->still_held()) return fail(refusal(members_.find(self_.uuid())));
  return register_life(members_.find(self_.uuid()), "member.returned");
}

Result<> Membership::register_life(const std::optional<model::Member>& seen, const char* event) {
  description_.active = active();
  description_.lock_boot = liveness_ == nullptr ? "" : liveness_->server_boot();
  const auto registered = members_.register_member(description_, seen ? seen->id.number : 0);
  if (!registered) {
    if (liveness_ != nullptr && phase() == Phase::outside) liveness_->release();
    return fail(refusal(members_.find(self_.uuid())));
  }
  published_boot_ = description_.lock_boot;
  self_.set(registered->id.number);
  state_.with([](State& state) { state.phase = Phase::inside; });
  journal_.write({event, "",
                  display_name(*registered) + " runs on " + registered->host + " as incarnation " +
                      std::to_string(registered->id.number) + ", " + mode_text(registered->active) + "."});
  return {};
}

bool Membership::begin_leaving() {
  if (phase() != Phase::inside || !members_.begin_leaving(self_.get())) return false;
  state_.with([](State& state) { state.phase = Phase::leaving; });
  journal_.write({"member.leaving", "", "It stops: it starts nothing more and offers its schedules to the others."});
  messages_.wake("");
  return true;
}

bool Membership::leave() {
  if (phase() != Phase::inside && phase() != Phase::leaving) return false;
  const bool left = members_.leave(self_.get());
  state_.with([](State& state) { state.phase = Phase::outside; });
  if (left) {
    journal_.write({"member.stopped", "", "It left the cluster."});
    messages_.wake("");
  }
  return left;
}

void Membership::fence(const model::Incarnation& life, const std::string& why) {
  const bool first = state_.with([&](State& state) {
    if ((state.phase != Phase::inside && state.phase != Phase::leaving) || !(self_.get() == life)) return false;
    state.phase = Phase::fenced;
    return true;
  });
  if (!first) return;
  base::log_error("cluster", "Incarnation " + std::to_string(life.number) + " of this member is over: " + why +
                                 ". What it runs is ended.");
  if (hooks_.fenced) hooks_.fenced();
}

bool Membership::beat(const model::Vitals& vitals) {
  if (phase() != Phase::inside && phase() != Phase::leaving) return false;
  const auto life = self_.get();
  if (members_.beat(life, vitals)) return true;
  fence(life, "its heartbeat changed no row, as the others declared it dead");
  return false;
}

void Membership::keep_lock() {
  if (liveness_ == nullptr || (phase() != Phase::inside && phase() != Phase::leaving)) return;
  if (!liveness_->still_held()) {
    journal_.once("lock", {"member.lock", "",
                           "Another session holds the lock of this member: is there a second process with its uuid?"});
    return;
  }
  journal_.forget("lock");
  const auto boot = liveness_->server_boot();
  if (liveness_->same_boot(boot, published_boot_)) return;
  if (members_.set_lock_boot(self_.get(), boot)) published_boot_ = boot;
}

ClusterView Membership::look() {
  const auto life = self_.get();
  ClusterView view;
  // The clock is read first: a beat in between makes a member younger, never older.
  view.now = database_.now();
  for (auto& member : members_.list()) {
    const Millis age{std::max<std::int64_t>(0, view.now - member.beat)};
    const auto standing = standing_of(member, age, config_);
    view.members.push_back({std::move(member), standing, age, {}});
  }
  const auto* own = view.find(life.uuid);
  if (own == nullptr) {
    fence(life, "its row is no longer there");
  } else if (!(own->member.id == life)) {
    fence(life, "incarnation " + std::to_string(own->member.id.number) + " has registered");
  } else if (own->member.state == RowState::dead || own->member.state == RowState::stopped) {
    fence(life, "the others declared it " + std::string(model::to_text(own->member.state)));
  }
  return view;
}

void Membership::change_mode(const model::Incarnation& life, bool active, const std::string& by) {
  const bool changed = this->active() != active;
  if (changed && hooks_.mode) hooks_.mode(active);
  state_.with([&](State& state) { state.active = active; });
  if (members_.apply_mode(life, mode_text(active)) && changed) {
    journal_.write({"mode.changed", life.uuid, "Execution mode is " + mode_text(active) + ", as " + by + " asked."});
  }
}

void Membership::apply_requests(const ClusterView& view) {
  const auto* own = view.find(self_.uuid());
  if (phase() != Phase::inside || own == nullptr || own->member.requested_mode.empty()) return;
  change_mode(self_.get(), own->member.requested_mode == "active", own->member.requested_by);
}

Result<Membership::ModeAnswer> Membership::request_mode(const std::string& uuid, bool active, const std::string& by) {
  if (uuid == self_.uuid()) {
    change_mode(self_.get(), active, by);
    return ModeAnswer::complete;
  }
  if (!members_.request_mode(uuid, mode_text(active), by)) {
    const auto row = members_.find(uuid);
    if (!row) return fail(ErrorKind::not_found, "There is no cluster member " + uuid + ".");
    return fail(ErrorKind::conflict,
                "Cluster member " + display_name(*row) + " does not run: it is " + model::to_text(row->state) + ".");
  }
  messages_.wake(uuid);
  journal_.write({"mode.requested", uuid, by + " asked for execution mode " + mode_text(active) + "."});
  return ModeAnswer::pending;
}

}  // namespace qd::cluster
