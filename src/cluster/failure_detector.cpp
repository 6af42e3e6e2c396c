#include "cluster/failure_detector.hpp"

#include <algorithm>

#include "base/logging.hpp"

namespace qd::cluster {
namespace {

constexpr int enough_looks = 3;
constexpr Millis enough_time{600};

bool should_beat(const model::Member& member) {
  return member.state == model::Member::State::live || member.state == model::Member::State::leaving;
}

}  // namespace

FailureDetector::FailureDetector(std::string own_uuid, const HeartbeatConfig& config)
    : own_uuid_(std::move(own_uuid)), config_(config), grace_(std::min(config.consider_dead, 2 * config.interval)) {}

void FailureDetector::observe(ClusterView& view, store::LivenessSession* liveness) {
  // A long step is an outage, a pause of this process or a jump of the clock: little of it counts.
  const Millis step = std::min(Millis{std::max<std::int64_t>(0, view.now - now_)}, grace_ / 4);
  now_ = view.now;
  std::map<std::string, Evidence> seen;
  for (const auto& [member, standing, age, reason] : view.members) {
    if (member.id.uuid == own_uuid_ || !should_beat(member)) continue;
    const auto known = evidence_.find(member.id.uuid);
    Evidence evidence{member.id.number, member.beat, member.lock_boot, Millis{0}, 0, 0, false};
    if (known != evidence_.end() && known->second.number == evidence.number && known->second.beat == evidence.beat &&
        known->second.boot == evidence.boot) {
      evidence = known->second;
      evidence.watched += step;
    }
    seen[member.id.uuid] = evidence;
  }
  evidence_ = std::move(seen);
  if (liveness != nullptr) {
    try {
      look_at_locks(view, *liveness);
    } catch (const store::DatabaseError& error) {
      base::log_debug("cluster", std::string("cannot look at the members' locks: ") + error.what());
      forget_locks();
    }
  }
  for (auto& member : view.members) {
    if (member.member.id.uuid == own_uuid_ || !should_beat(member.member)) continue;
    const auto verdict = judge(member.member);
    const bool gone = verdict.is == Verdict::Is::gone;
    member.reason = gone ? verdict.reason : "";
    if (gone) member.standing = Standing::dead;
    // Old beats alone, as after an outage, are no death yet.
    if (!gone && member.standing == Standing::dead) member.standing = Standing::inactive;
  }
}

void FailureDetector::forget_locks() {
  for (auto& [uuid, evidence] : evidence_) {
    evidence.free_looks = 0;
    evidence.held = false;
  }
}

void FailureDetector::look_at_locks(const ClusterView& view, store::LivenessSession& liveness) {
  std::vector<std::string> uuids;
  const auto boot = liveness.server_boot();
  for (auto& [uuid, evidence] : evidence_) {
    if (liveness.same_boot(evidence.boot, boot)) {
      uuids.push_back(uuid);
    } else {
      evidence.free_looks = 0;
      evidence.held = false;
    }
  }
  const auto free = liveness.free_locks(uuids);
  for (const auto& uuid : uuids) {
    auto& evidence = evidence_[uuid];
    evidence.held = !free.contains(uuid);
    if (evidence.held) {
      evidence.free_looks = 0;
    } else if (++evidence.free_looks == 1) {
      evidence.first_free = view.now;
    }
  }
}

Verdict FailureDetector::judge(const model::Member& member) const {
  if (!should_beat(member)) return {Verdict::Is::gone, false, std::string("it is ") + model::to_text(member.state)};
  const auto found = evidence_.find(member.id.uuid);
  if (found == evidence_.end() || found->second.number != member.id.number) return {};
  const auto& evidence = found->second;
  const Millis age{now_ - evidence.beat};
  const bool old = age > config_.consider_dead;
  if (old && evidence.watched >= grace_) {
    return {Verdict::Is::gone, evidence.held, "its last heartbeat is " + in_seconds(age) + " old"};
  }
  if (evidence.free_looks >= enough_looks && now_ - evidence.first_free >= enough_time.count()) {
    return {Verdict::Is::gone, false,
            "its session with the database ended at least " + in_seconds(Millis{now_ - evidence.first_free}) + " ago"};
  }
  if (old || evidence.free_looks > 0) return {Verdict::Is::unsure, evidence.held, {}};
  if (evidence.held || age <= config_.consider_inactive) return {Verdict::Is::alive, evidence.held, {}};
  return {};
}

}  // namespace qd::cluster
