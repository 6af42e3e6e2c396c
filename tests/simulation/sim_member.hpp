// A member of the simulated cluster: the product's own membership, takeover, recovery and scheduler, on a simulated
// process. Executions last a while and then write their outcome.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "cluster/failure_detector.hpp"
#include "cluster/journal.hpp"
#include "cluster/membership.hpp"
#include "cluster/recovery.hpp"
#include "cluster/takeover.hpp"
#include "schedule/scheduler.hpp"

#include "sim_liveness.hpp"

namespace qd::simulation {

struct SimConfig {
  cluster::ClusterConfig cluster;
  schedule::SchedulerSettings scheduler;
  Millis watch{200};
  Millis longest_run{3'000};
};

// What really happened, whatever the database says.
struct Truth {
  std::map<std::pair<std::string, UnixMillis>, int> starts;  // by job and due time
  std::map<std::int64_t, int> outcomes;                      // by execution: outcomes that hit its row
  std::uint64_t recovered = 0, fenced = 0;
};

class SimMember final : public schedule::FireStarter, public std::enable_shared_from_this<SimMember> {
 public:
  SimMember(SimServer& server, SimLocks& locks, const SimConfig& config, Truth& truth, std::string uuid);

  // Spawns the threads of the process. Call once, through a shared_ptr.
  void start(UnixMillis at);
  void stop_cleanly() { stopping_ = true; }
  Process& process() { return *process_; }
  const std::string& uuid() const { return self_.uuid(); }

  Answer prepare(const store::ScheduleRow& schedule, UnixMillis due, UnixMillis now) override;
  std::optional<std::int64_t> insert_missed(store::Session& session, const store::ScheduleRow& schedule,
                                            const store::FireRow& fire) override;

 private:
  struct Fire;
  void join();
  void beat();
  void watch();
  void schedule();
  void leave();
  void run_execution(std::int64_t id, model::Incarnation life);
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
  cluster::Journal journal_;
  cluster::Membership membership_;
  cluster::FailureDetector detector_;
  cluster::Takeover takeover_;
  cluster::Recovery recovery_;
  schedule::Scheduler scheduler_;
  bool inside_ = false;
  bool stopping_ = false;
  int running_ = 0;
};

}  // namespace qd::simulation
