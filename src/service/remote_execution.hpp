// Executions that cross members: which member runs one, how it gets there, how it comes back when nobody starts it, how
// it is ended from elsewhere, and what becomes of those whose member died.
//
// The row of an execution says whose it is; a message only makes it quick, and carries secure options, sealed.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "base/event_loop.hpp"
#include "base/guarded.hpp"
#include "base/worker_pool.hpp"
#include "cluster/cluster_logic.hpp"
#include "cluster/remote_policy.hpp"
#include "engine/launcher.hpp"

namespace qd::service {

// Thread-safe. Made before the launcher and the cluster, which it serves with hooks; connect() names them.
class RemoteExecution {
 public:
  struct Settings {
    bool clustered = false;
    bool remote_abort = true;
    bool sealed = false;         // messages can carry secrets
    std::size_t threads = 10;    // executions that count as full load
    Millis start_within{5'000};  // a forwarded execution comes back when it was not started by then
  };

  RemoteExecution(const model::OwnIncarnation& self, Settings settings, cluster::PolicyConfig policies);

  engine::ClusterHooks launcher_hooks();
  // The hooks of the cluster that concern executions; `scheduler_poke` is called when schedules came here.
  cluster::ClusterHooks cluster_hooks(std::function<void()> scheduler_poke, std::function<model::Vitals()> vitals);
  void connect(engine::Launcher& launcher, cluster::ClusterLogic& cluster, store::JobStore& jobs,
               store::Database& database);

  // Looks at what was forwarded, and after a fencing for the end of what ran; every half second.
  void start(base::EventLoop& loop, base::WorkerPool& pool);
  void stop();

  void set_policies(cluster::PolicyConfig policies);  // for executions from now on

 private:
  Result<engine::Route> route(const std::string& project, bool scheduled, bool secrets, const std::string& not_there);
  bool may_take(const std::string& project, const std::string& from);
  Result<> forward(const model::Execution& execution, const std::map<std::string, std::string>& secrets);
  bool abort(const model::Execution& execution, const std::string& user, const std::string& reason);
  std::optional<std::string> choose_for_project(const std::string& project);
  std::unique_ptr<cluster::PreparedRetry> retry(const model::Execution& execution);
  std::string run_here(const cluster::Incoming& message);
  std::string abort_here(const cluster::Incoming& message);
  void fence();
  void tick_later();
  void tick();

  const model::OwnIncarnation& self_;
  const Settings settings_;
  engine::Launcher* launcher_ = nullptr;
  cluster::ClusterLogic* cluster_ = nullptr;
  store::JobStore* jobs_ = nullptr;
  store::Database* database_ = nullptr;
  base::EventLoop* loop_ = nullptr;
  base::WorkerPool* pool_ = nullptr;

  struct Choosing {
    cluster::PolicyConfig policies;
    cluster::RandomSource random;
    cluster::ChooserState state;
  };
  base::Guarded<Choosing> choosing_;
  std::atomic<bool> fenced_{false};
  std::shared_ptr<std::atomic<bool>> running_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace qd::service
