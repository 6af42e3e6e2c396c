// One member's whole part in the cluster, without threads: whoever drives it calls beat(), watch() and
// handle_messages() at their times. The simulation drives many of them on a virtual clock.
//
// Each call may throw store::DatabaseError when the database is lost; the next one goes on where that ended.
#pragma once

#include "base/guarded.hpp"
#include "cluster/failure_detector.hpp"
#include "cluster/membership.hpp"
#include "cluster/messenger.hpp"
#include "cluster/recovery.hpp"
#include "cluster/takeover.hpp"

namespace qd::cluster {

struct ClusterHooks {
  MembershipHooks membership;
  TakeoverHooks takeover;
  RecoveryHooks recovery;
  std::function<model::Vitals()> vitals;
  std::function<void()> returned;  // a new life began after a fencing
};

// All of it outlives the logic.
struct ClusterParts {
  store::Database& database;
  store::LivenessSession* liveness = nullptr;  // null: no session locks
  model::OwnIncarnation& self;
  Sealer* sealer = nullptr;  // null: no encryption
};

// beat(), handle_messages(), messages(), view(), request_mode(), take_over() and ask_to_rejoin() are thread-safe
// against each other (handle_messages() not against itself); start(), watch() and the leaving are one thread's.
class ClusterLogic {
 public:
  ClusterLogic(const ClusterParts& parts, const ClusterConfig& config, ClusterHooks hooks, Messenger::Random random);

  Result<> start(const model::Member& self);
  // After start(), before watch(): closes what earlier lives of this member left running, with their retries.
  void close_earlier_lives();
  bool beat();  // false: this life is over, or not begun
  // Looks at everybody, and acts.
  void watch();
  // True: there is more.
  bool handle_messages();
  // After the fencing, when nothing of the old life runs any more: the next watch() begins a new one.
  void ask_to_rejoin();
  // Clean stop: no claims from now on, the others take the schedules. False: fenced, or not started.
  bool begin_leaving();
  void leave();

  ClusterView view() const;  // as last seen
  bool active() const { return membership_.active(); }
  Membership::Phase phase() const { return membership_.phase(); }
  Result<Membership::ModeAnswer> request_mode(const std::string& uuid, bool active, const std::string& by);
  Result<store::ScheduleStore::Taken> take_over(const store::TakeoverFilter& filter, const std::string& to,
                                                const std::string& by, std::size_t max_listed);
  Messenger& messages() { return messenger_; }
  Journal& journal() { return journal_; }

 private:
  void rejoin_if_asked();
  void keep_house(UnixMillis now);

  const ClusterParts parts_;
  const ClusterConfig config_;
  const ClusterHooks hooks_;
  Journal journal_;
  Membership membership_;
  FailureDetector detector_;
  Takeover takeover_;
  Recovery recovery_;
  Messenger messenger_;
  base::Guarded<ClusterView> view_;
  std::atomic<bool> rejoin_asked_ = false;
  UnixMillis next_housekeeping_ = 0;
};

}  // namespace qd::cluster
