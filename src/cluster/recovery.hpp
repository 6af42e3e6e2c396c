// Executions of members that are gone are closed as `incomplete`, and retried where their job says so.
//
// A member that is gone but not fenced yet is fenced first, after a proposal and its delay. What runs under an
// incarnation that is not the live one of its member, for whatever reason, is swept up every few seconds by everybody.
#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include "cluster/proposal_flow.hpp"
#include "model/execution.hpp"
#include "store/delivery_store.hpp"
#include "store/orphan_store.hpp"

namespace qd::cluster {

// The next attempt of an execution, about to be written.
class PreparedRetry {
 public:
  virtual ~PreparedRetry() = default;
  virtual void insert(store::Session& session, UnixMillis now) = 0;  // and links it; may be called again
  virtual void start() = 0;                                          // after the commit
};

struct RecoveryHooks {
  // Runs again what is being closed as `incomplete`, in the same transaction, so that no death in between loses it;
  // null: its job has no retries left.
  std::function<std::unique_ptr<PreparedRetry>(const model::Execution&)> retry;
  std::function<void(const model::Execution&)> reassign;  // it waited for a dead member and is nobody's now
  // The messages that tell of an execution that is closed, as its row will be; stored with it.
  std::function<std::vector<store::Delivery>(const model::Execution&)> tell = {};
};

// For one thread, but for sweep_soon().
class Recovery {
 public:
  Recovery(store::Database& database, const model::OwnIncarnation& self, const TakeoverConfig& config,
           const HeartbeatConfig& heartbeat, bool clustered, Journal& journal, RecoveryHooks hooks);

  void tick(const ClusterView& view, const FailureDetector& detector, bool active);
  // Closes what runs under no live incarnation now, rather than at its time.
  void sweep_soon() { sweep_now_ = true; }
  // Closes what earlier lives of this member left running: at its start, before tick() is called.
  void sweep_own(const ClusterView& view);

 private:
  std::string refusal(const model::Member& target, bool active) const;
  void fence(const MemberView& target);
  void sweep(bool active);
  bool is_mine_to_sweep(const model::Execution& execution) const;
  bool close(const model::Execution& execution);
  std::vector<store::Delivery> deliveries_of(model::Execution execution, const std::string& reason, bool retried) const;
  std::unique_ptr<PreparedRetry> retry_of(const model::Execution& execution) const;
  void unassign(const model::Execution& execution);
  std::string cause(const model::Execution& execution) const;
  bool another_is_active() const;

  store::Database& database_;
  const model::OwnIncarnation& self_;
  const TakeoverConfig config_;
  const bool clustered_;
  Journal& journal_;
  const RecoveryHooks hooks_;
  store::OrphanStore orphans_;
  ProposalFlow flow_;
  const ClusterView* view_ = nullptr;  // of this tick
  UnixMillis next_sweep_ = 0;
  std::atomic<bool> sweep_now_ = false;
};

}  // namespace qd::cluster
