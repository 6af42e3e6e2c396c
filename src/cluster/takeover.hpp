// Schedules of members that are gone move to members that are there.
//
// The act is one transaction: the dead incarnation is fenced (unless it beat meanwhile), its schedules get their new
// owner, the proposal ends, the event is written. What left cleanly is taken over at once.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "cluster/proposal_flow.hpp"
#include "store/message_store.hpp"
#include "store/orphan_store.hpp"
#include "store/schedule_store.hpp"

namespace qd::cluster {

struct TakeoverHooks {
  // Policy RemoteExecution: the member that runs a project's schedules, of those that are there; nullopt: none may.
  std::function<std::optional<std::string>(const std::string& project)> choose_for_project;
  // After schedules came to this member.
  std::function<void()> taken;
};

// tick() is for one thread; take_over() is thread-safe.
class Takeover {
 public:
  Takeover(store::Database& database, const model::OwnIncarnation& self, const TakeoverConfig& config,
           const HeartbeatConfig& heartbeat, bool clustered, Journal& journal, TakeoverHooks hooks);

  // `active`: this member's execution mode.
  void tick(const ClusterView& view, const FailureDetector& detector, bool active);

  // As a person asks: of any member, living or dead.
  Result<store::ScheduleStore::Taken> take_over(const store::TakeoverFilter& filter, const std::string& to,
                                                const std::string& by, std::size_t max_listed);

 private:
  struct Destination {
    std::string project;  // "": all
    std::string to;
  };
  struct Outcome {
    enum class Is { done, fenced, came_back, lost } is = Is::lost;
    std::int64_t moved = 0;
    Note note;
  };
  void consider(const MemberView& target, bool active);
  std::string refusal(const MemberView& target, bool active) const;
  void act(const MemberView& target, const store::Proposal& proposal);
  std::vector<Destination> destinations(const MemberView& target, std::string& without);
  Outcome move(const MemberView& target, const store::Proposal& proposal, const std::vector<Destination>& destinations,
               const std::string& without);
  std::string name_of(const std::string& uuid) const;

  store::Database& database_;
  const model::OwnIncarnation& self_;
  const TakeoverConfig config_;
  const bool clustered_;
  Journal& journal_;
  const TakeoverHooks hooks_;
  store::ScheduleStore schedules_;
  store::OrphanStore orphans_;
  store::MessageStore messages_;
  ProposalFlow flow_;
  const ClusterView* view_ = nullptr;  // of this tick
};

// In the transaction of an act: makes sure that the target is still what it was judged to be, and fences it when it is
// not known to have ended. False: it came back.
bool settle_fate(store::Session& session, const model::Member& target);

}  // namespace qd::cluster
