// From "that member is gone" to "it is my turn to act": one proposer for each dead incarnation, a delay, a pause
// between attempts on one member, and adoption when the proposer itself ends.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "cluster/failure_detector.hpp"
#include "cluster/journal.hpp"
#include "cluster/membership.hpp"
#include "store/proposal_store.hpp"

namespace qd::cluster {

// Thrown in an act's transaction when another member ended the proposal: nothing of the act may stay.
struct LostTheRace {};

struct FlowRules {
  std::string kind;  // store::proposal::takeover or recovery
  std::string act;   // "take over its schedules"
  Millis delay{0}, sleep{0};
  Millis stuck{0};  // overdue by so much: the proposer hangs
};

// Not thread-safe.
class ProposalFlow {
 public:
  ProposalFlow(store::Database& database, const model::OwnIncarnation& self, Journal& journal, FlowRules rules);

  // Begins a tick, and cancels this member's proposals whose target came back. `view` and `detector` outlive the tick.
  // The open proposals are read at most once for each tick, and hardly ever while nobody is gone.
  void begin(const ClusterView& view, const FailureDetector& detector);
  // The proposal when this member is to act on `target`, now. With `at_once` neither delay nor sleep count.
  std::optional<store::Proposal> turn(const MemberView& target, bool at_once);
  // Ends one of this member's without the act.
  void cancel(const store::Proposal& proposal, const std::string& why);

 private:
  void read_open();
  bool may_adopt(const store::Proposal& proposal) const;
  bool own(store::Proposal& proposal);  // adopts if need be
  void settle_if_back(store::Proposal& proposal);
  std::optional<store::Proposal> make(const MemberView& target, bool at_once);
  std::string target_name(const std::string& uuid) const;

  store::ProposalStore proposals_;
  const model::OwnIncarnation& self_;
  Journal& journal_;
  const FlowRules rules_;
  // Of this tick.
  const ClusterView* view_ = nullptr;
  const FailureDetector* detector_ = nullptr;
  bool was_read_ = false;
  std::vector<store::Proposal> open_;  // as last read
  UnixMillis next_read_ = 0;
  std::map<std::string, UnixMillis> quiet_until_;  // by target's uuid
};

}  // namespace qd::cluster
