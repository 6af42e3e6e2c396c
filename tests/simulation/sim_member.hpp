// A member of the simulated cluster: the product's own cluster logic and scheduler, on a simulated process.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cluster/cluster_logic.hpp"
#include "schedule/scheduler.hpp"

#include "sim_liveness.hpp"
#include "sim_runner.hpp"

namespace qd::simulation {

class SimMember final : public schedule::FireStarter, public std::enable_shared_from_this<SimMember> {
 public:
  SimMember(SimServer& server, SimLocks& locks, const SimConfig& config, Truth& truth, std::string uuid);

  // Spawns the threads of the process. Call once, through a shared_ptr.
  void start(UnixMillis at);
  void stop_cleanly() { stopping_ = true; }
  Process& process() { return *process_; }
  cluster::ClusterLogic& cluster() { return cluster_; }
  SimRunner& runner() { return runner_; }
  const std::string& uuid() const { return self_.uuid(); }

  Answer prepare(const store::ScheduleRow& schedule, UnixMillis due, UnixMillis now) override;
  std::optional<std::int64_t> insert_missed(store::Session& session, const store::ScheduleRow& schedule,
                                            const store::FireRow& fire) override;

 private:
  struct Fire;
  cluster::ClusterHooks hooks();
  void join();
  void beat();
  void watch();
  void handle_messages();
  void look_at_executions();
  void schedule();
  void leave();
  template <class Work>
  void attempt(Work work);  // a lost database ends the attempt, not the thread

  SimServer& server_;
  World& world_;
  const SimConfig config_;
  Truth& truth_;
  std::shared_ptr<Process> process_;
  SimDatabase database_;
  model::OwnIncarnation self_;
  SimLiveness liveness_;
  cluster::ClusterLogic cluster_;
  SimRunner runner_;
  schedule::Scheduler scheduler_;
  bool inside_ = false;
  bool stopping_ = false;
};

}  // namespace qd::simulation
