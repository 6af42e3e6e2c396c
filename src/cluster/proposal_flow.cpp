#include "cluster/proposal_flow.hpp"

#include <algorithm>

namespace qd::cluster {
namespace {

constexpr Millis idle_read_interval{5'000};  // for what a proposer left open that ended itself

}  // namespace

ProposalFlow::ProposalFlow(store::Database& database, const model::OwnIncarnation& self, Journal& journal,
                           FlowRules rules)
    : proposals_(database), self_(self), journal_(journal), rules_(std::move(rules)) {}

std::string ProposalFlow::target_name(const std::string& uuid) const {
  const auto* view = view_->find(uuid);
  return view == nullptr ? uuid : display_name(view->member);
}

void ProposalFlow::begin(const ClusterView& view, const FailureDetector& detector) {
  view_ = &view;
  detector_ = &detector;
  was_read_ = false;
  if (!open_.empty() || view.now >= next_read_) read_open();
}

void ProposalFlow::read_open() {
  open_ = proposals_.open();
  was_read_ = true;
  next_read_ = view_->now + idle_read_interval.count();
  std::erase_if(open_, [&](const store::Proposal& proposal) { return proposal.kind != rules_.kind; });
  for (auto& proposal : open_) settle_if_back(proposal);
  std::erase_if(open_, [](const store::Proposal& proposal) { return proposal.state != store::proposal::open; });
}

void ProposalFlow::settle_if_back(store::Proposal& proposal) {
  const auto* target = view_->find(proposal.target.uuid);
  std::string why;
  if (target == nullptr) {
    why = "the member is no longer known";
  } else if (target->member.id.number > proposal.target.number) {
    why = "it started again, as incarnation " + std::to_string(target->member.id.number);
  } else if (view_->now >= proposal.due) {
    const auto verdict = detector_->judge(target->member);
    if (verdict.is != Verdict::Is::alive) return;
    if (verdict.lock_held) why = "it came back: it holds its session with the database";
    if (target->member.beat > proposal.created) why = "it came back: it has sent a heartbeat";
  }
  if (why.empty() || !own(proposal)) return;
  cancel(proposal, why);
  proposal.state = store::proposal::cancelled;
}

void ProposalFlow::cancel(const store::Proposal& proposal, const std::string& why) {
  if (!proposals_.finish(proposal.id, self_.get(), store::proposal::cancelled, why, view_->now)) return;
  quiet_until_[proposal.target.uuid] = view_->now + rules_.sleep.count();
  journal_.write({rules_.kind + ".cancelled", proposal.target.uuid,
                  "Does not " + rules_.act + " of " + target_name(proposal.target.uuid) + ": " + why + "."});
}

bool ProposalFlow::may_adopt(const store::Proposal& proposal) const {
  const auto* proposer = view_->find(proposal.proposer.uuid);
  if (proposer == nullptr || !(proposer->member.id == proposal.proposer)) return true;
  const bool working = proposer->standing == Standing::active || proposer->standing == Standing::inactive;
  return !working || !proposer->member.active || view_->now - proposal.due > rules_.stuck.count();
}

bool ProposalFlow::own(store::Proposal& proposal) {
  if (proposal.proposer == self_.get()) return true;
  if (!may_adopt(proposal) || !proposals_.adopt(proposal.id, proposal.proposer, self_.get())) return false;
  journal_.write({rules_.kind + ".adopted", proposal.target.uuid,
                  "Goes on with the proposal to " + rules_.act + " of " + target_name(proposal.target.uuid) +
                      ", as its proposer " + target_name(proposal.proposer.uuid) + " no longer acts."});
  proposal.proposer = self_.get();
  return true;
}

std::optional<store::Proposal> ProposalFlow::turn(const MemberView& target, bool at_once) {
  if (!was_read_) read_open();
  const auto found = std::find_if(open_.begin(), open_.end(),
                                  [&](const store::Proposal& proposal) { return proposal.target == target.member.id; });
  std::optional<store::Proposal> proposal;
  if (found == open_.end()) {
    proposal = make(target, at_once);
    if (!proposal) return std::nullopt;
  } else {
    if (!own(*found)) return std::nullopt;
    proposal = *found;
  }
  if (!at_once && view_->now < proposal->due) return std::nullopt;
  return proposal;
}

std::optional<store::Proposal> ProposalFlow::make(const MemberView& target, bool at_once) {
  const auto& uuid = target.member.id.uuid;
  const auto quiet = quiet_until_.find(uuid);
  if (!at_once && quiet != quiet_until_.end() && view_->now < quiet->second) return std::nullopt;
  if (!at_once) {
    const auto last = proposals_.last_end(rules_.kind, uuid);
    const UnixMillis again = last.value_or(0) + rules_.sleep.count();
    if (last && view_->now < again) {
      quiet_until_[uuid] = again;
      journal_.once(rules_.kind + uuid + std::to_string(*last),
                    {rules_.kind + ".waiting", uuid,
                     target_name(uuid) + " is gone: " + target.reason + ". The last attempt on it ended at " +
                         iso8601(*last) + "; the next one is made " + in_seconds(rules_.sleep) + " after it."});
      return std::nullopt;
    }
  }
  const UnixMillis due = view_->now + (at_once ? 0 : rules_.delay.count());
  const auto old = proposals_.find(rules_.kind, target.member.id);
  if (old) {
    if (!old->ended || !proposals_.reopen(old->id, *old->ended, self_.get(), view_->now, due)) return std::nullopt;
  } else {
    store::Proposal fresh;
    fresh.kind = rules_.kind;
    fresh.target = target.member.id;
    fresh.proposer = self_.get();
    fresh.created = view_->now;
    fresh.due = due;
    if (!proposals_.propose(fresh)) return std::nullopt;
  }
  const std::string why = target.reason.empty() ? "it is " + std::string(to_text(target.standing)) : target.reason;
  journal_.write({rules_.kind + ".proposed", uuid,
                  "Proposes to " + rules_.act + " of " + target_name(uuid) + ": " + why +
                      (due > view_->now ? ". Acts in " + in_seconds(rules_.delay) + "." : ".")});
  return proposals_.find(rules_.kind, target.member.id);
}

}  // namespace qd::cluster
