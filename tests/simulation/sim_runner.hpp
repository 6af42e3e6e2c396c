// Executions of a simulated member, by the rules of the engine's launcher and the product's own policies and messages:
// they run here, are forwarded to the member that a policy chooses, or wait in the queue for whoever has room. Running
// is waiting for a while and then writing an outcome.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "cluster/cluster_logic.hpp"
#include "cluster/remote_policy.hpp"
#include "schedule/scheduler.hpp"
#include "store/execution_store.hpp"

#include "sim_database.hpp"

namespace qd::simulation {

struct SimConfig {
  cluster::ClusterConfig cluster;
  cluster::PolicyConfig policies;
  schedule::SchedulerSettings scheduler;
  Millis watch{200};
  Millis longest_run{3'000};
  Millis start_within{3'000};  // a forwarded execution is taken back when it was not started by then
  std::size_t queue_room = 3;
};

// What really happened, whatever the database says. By execution.
struct Truth {
  std::map<std::int64_t, int> begun;
  std::map<std::int64_t, int> outcomes;  // that hit its row
  std::map<std::int64_t, int> retries;   // asked for
  std::uint64_t recovered = 0, fenced = 0, forwarded = 0, queued = 0, taken_back = 0;
};

// Lives as long as its member; its fibers hold that by `alive`.
class SimRunner {
 public:
  struct Parts {
    World& world;
    store::Database& database;
    const model::OwnIncarnation& self;
    cluster::ClusterLogic& cluster;
    const SimConfig& config;
    Truth& truth;
    std::shared_ptr<Process> process;
  };
  explicit SimRunner(const Parts& parts);

  // Where an execution of the project runs: the uuid of another member, "" for the queue, nullopt for here. Error:
  // nobody may run it.
  Result<std::optional<std::string>> route(const std::string& project);
  std::optional<std::string> choose_for_project(const std::string& project);

  // Its row says that it is this life's to run.
  void begin(std::int64_t id, const model::Incarnation& life, const std::shared_ptr<void>& alive);
  // Its row waits for that member, or for anybody.
  void forward(const model::Execution& execution, const std::shared_ptr<void>& alive);
  std::string told(const cluster::Incoming& message);  // by another member

  // What waits for this member, or for anybody; what nobody took in time.
  void look(const std::shared_ptr<void>& alive);
  bool look_soon() { return std::exchange(soon_, false); }
  std::size_t running() const { return running_; }
  void set_room(std::size_t room) { room_ = room; }  // for what waits for anybody

 private:
  UnixMillis own_clock() const { return parts_.world.now() + parts_.process->skew.count(); }
  void settle_uncertain(const std::shared_ptr<void>& alive);
  void take_back();
  bool may_take(const model::Execution& execution);
  void start_waiting(const model::Execution& execution, const std::shared_ptr<void>& alive);

  const Parts parts_;
  store::ExecutionStore executions_;
  cluster::RandomSource random_;
  cluster::ChooserState chooser_;
  std::map<std::int64_t, std::pair<std::string, UnixMillis>> forwarded_;  // to whom, and when by the own clock
  std::vector<std::pair<std::int64_t, model::Incarnation>> uncertain_;    // starts whose answer was lost
  std::size_t running_ = 0, room_;
  bool soon_ = false;
};

inline constexpr const char* kLimitedJob = "one";  // jobs whose uuid begins so run one at a time

}  // namespace qd::simulation
