#include "cluster/takeover.hpp"

#include <set>

#include "base/json.hpp"
#include "base/text.hpp"

namespace qd::cluster {
namespace {

using State = model::Member::State;

FlowRules takeover_rules(const TakeoverConfig& config, const HeartbeatConfig& heartbeat) {
  return {store::proposal::takeover, "take over the schedules", config.delay, config.sleep,
          heartbeat.consider_inactive};
}

}  // namespace

bool settle_fate(store::Session& session, const model::Member& target) {
  const auto& id = target.id;
  if (target.state == State::live && store::MemberStore::declare_dead(session, id, target.beat)) return true;
  for (const auto state : {State::leaving, State::stopped, State::dead}) {
    if (store::MemberStore::hold(session, id, state)) return true;
  }
  return false;
}

Takeover::Takeover(store::Database& database, const model::OwnIncarnation& self, const TakeoverConfig& config,
                   const HeartbeatConfig& heartbeat, bool clustered, Journal& journal, TakeoverHooks hooks)
    : database_(database),
      self_(self),
      config_(config),
      clustered_(clustered),
      journal_(journal),
      hooks_(std::move(hooks)),
      schedules_(database),
      orphans_(database),
      messages_(database),
      flow_(database, self, journal, takeover_rules(config, heartbeat)) {}

std::string Takeover::name_of(const std::string& uuid) const {
  const auto* view = view_->find(uuid);
  return view == nullptr ? uuid : display_name(view->member);
}

void Takeover::tick(const ClusterView& view, const FailureDetector& detector, bool active) {
  view_ = &view;
  if (active && clustered_ && config_.enabled) flow_.begin(view, detector);
  for (const auto& target : view.members) {
    const bool there = target.standing == Standing::active || target.standing == Standing::inactive;
    if (there || target.member.id.uuid == self_.uuid()) {
      journal_.forget("takeover" + target.member.id.uuid);
    } else {
      consider(target, active);
    }
  }
}

std::string Takeover::refusal(const MemberView& target, bool active) const {
  if (!clustered_) return "cluster mode is off here (rundeck.clusterMode.enabled)";
  if (!config_.enabled) return "autotakeover is off here (rundeck.clusterMode.autotakeover.enabled)";
  if (!active) return "this member is passive";
  if (config_.policy == TakeoverPolicy::fixed && !config_.allowed.contains(target.member.id.uuid)) {
    return "policy Static does not list it (rundeck.clusterMode.autotakeover.config.allowed)";
  }
  return "";
}

void Takeover::consider(const MemberView& target, bool active) {
  if (!orphans_.owns_schedules(target.member.id.uuid)) return;
  const auto& uuid = target.member.id.uuid;
  if (const auto why_not = refusal(target, active); !why_not.empty()) {
    journal_.once("takeover" + uuid, {"takeover.refused", uuid,
                                      "Does not take over the schedules of " + display_name(target.member) +
                                          ", which is " + to_text(target.standing) + ": " + why_not + "."});
    return;
  }
  const bool left = target.member.state == State::leaving || target.member.state == State::stopped;
  if (const auto proposal = flow_.turn(target, left)) act(target, *proposal);
}

std::vector<Takeover::Destination> Takeover::destinations(const MemberView& target, std::string& without) {
  if (config_.policy != TakeoverPolicy::remote_execution || !hooks_.choose_for_project) return {{"", self_.uuid()}};
  std::vector<Destination> found;
  std::vector<std::string> refused;
  for (const auto& project : orphans_.projects_of_schedules(target.member.id.uuid)) {
    const auto to = hooks_.choose_for_project(project);
    const auto* chosen = to ? view_->find(*to) : nullptr;
    const bool fit = chosen != nullptr && *to != target.member.id.uuid && chosen->standing == Standing::active;
    if (fit) {
      found.push_back({project, *to});
    } else {
      refused.push_back(project);
    }
  }
  without = base::join(refused, ", ");
  return found;
}

Takeover::Outcome Takeover::move(const MemberView& target, const store::Proposal& proposal,
                                 const std::vector<Destination>& destinations, const std::string& without) {
  Outcome outcome;
  const auto& id = target.member.id;
  try {
    database_.transact([&](store::Session& session) {
      outcome = {};
      const auto now = session.now();
      if (!store::ScheduleStore::hold_alive(session, self_.get())) {
        outcome.is = Outcome::Is::fenced;
        return;
      }
      if (!settle_fate(session, target.member)) {
        outcome.is = Outcome::Is::came_back;
        return;
      }
      JsonObject detail;
      for (const auto& [project, to] : destinations) {
        const auto moved = store::ScheduleStore::take_over(session, {id.uuid, project, {}}, to);
        outcome.moved += moved;
        detail[to] = moved + (detail.contains(to) ? detail[to].as_int64() : 0);
      }
      std::string text = std::to_string(outcome.moved) + " schedules of " + display_name(target.member) + " moved";
      if (destinations.size() == 1) text += " to " + name_of(destinations.front().to);
      if (!without.empty()) text += "; no member may run those of " + without;
      const auto state = store::proposal::done;
      if (!store::ProposalStore::finish(session, proposal.id, self_.get(), state, text, now)) throw LostTheRace{};
      outcome.note = {"takeover.done", id.uuid, text + ".", boost::json::serialize(detail)};
      journal_.append(session, now, outcome.note);
      std::set<std::string> woken;
      for (const auto& destination : destinations) {
        if (woken.insert(destination.to).second) store::MessageStore::wake(session, destination.to);
      }
      outcome.is = Outcome::Is::done;
    });
  } catch (const LostTheRace&) {
    outcome.is = Outcome::Is::lost;
  }
  return outcome;
}

void Takeover::act(const MemberView& target, const store::Proposal& proposal) {
  std::string without;
  const auto to = destinations(target, without);
  if (to.empty()) {
    flow_.cancel(proposal,
                 without.empty() ? "it owns no schedules any more" : "no member may run schedules of " + without);
    return;
  }
  const auto outcome = move(target, proposal, to, without);
  if (outcome.is == Outcome::Is::came_back) flow_.cancel(proposal, "it came back just now");
  if (outcome.is != Outcome::Is::done) return;
  journal_.log(outcome.note);
  if (hooks_.taken) hooks_.taken();
}

Result<store::ScheduleStore::Taken> Takeover::take_over(const store::TakeoverFilter& filter, const std::string& to,
                                                        const std::string& by, std::size_t max_listed) {
  const auto member = store::MemberStore(database_).find(to);
  if (!member) return fail(ErrorKind::not_found, "There is no cluster member " + to + ".");
  auto taken = schedules_.take_over(filter, to, max_listed);
  const std::string from = filter.from_server ? "member " + *filter.from_server : "all members";
  journal_.write(
      {"takeover.manual", filter.from_server.value_or(""),
       by + " gave " + std::to_string(taken.total) + " schedules of " + from + " to " + display_name(*member) + "."});
  messages_.wake(to);
  if (to == self_.uuid() && hooks_.taken) hooks_.taken();
  return taken;
}

}  // namespace qd::cluster
