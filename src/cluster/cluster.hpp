// The threads that drive ClusterLogic: one beats, and nothing else delays it; one watches the others; one handles
// messages.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "cluster/cluster_logic.hpp"

namespace qd::cluster {

class Cluster {
 public:
  // `liveness` is null where there are to be no session locks. `database` may be a small pool of its own, so that load
  // on the main one delays no beat.
  Cluster(store::Database& database, std::unique_ptr<store::LivenessSession> liveness, model::OwnIncarnation& self,
          Sealer* sealer, const ClusterConfig& config, ClusterHooks hooks);
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  // Registers this life. Error: another process lives under
  // this uuid, or the database cannot be used. The lock of a process that has just been killed is awaited for a few
  // seconds.
  Result<> start(const model::Member& self);
  // Then, with handlers of messages set and everything ready that hooks need: starts the threads.
  void run();
  // The first half of a clean stop: nothing new is claimed, the others take the schedules, beats go on.
  void begin_leaving() noexcept;
  // Ends the threads, leaves the cluster and gives the lock back. Afterwards no hook is called.
  void stop() noexcept;

  void poke_messages();  // something may wait for this member
  ClusterLogic& logic() { return logic_; }

 private:
  class Trouble;
  void beat_loop();
  void watch_loop();
  void message_loop();
  bool pause(Millis time);  // false: stopping
  bool pause_for_wake(Millis time);
  void wait_for_messages();

  store::Database& database_;
  const std::unique_ptr<store::LivenessSession> liveness_;
  const ClusterConfig config_;
  ClusterLogic logic_;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  bool poked_ = false;
  std::thread beats_, watch_, messages_;
};

}  // namespace qd::cluster
