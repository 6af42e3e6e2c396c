// Inside the launcher: admission, starting, what is due, aborting.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/due_list.hpp"
#include "engine/launcher.hpp"
#include "engine/run.hpp"
#include "engine/run_registry.hpp"

namespace qd::engine {

struct Launcher::Impl : std::enable_shared_from_this<Launcher::Impl> {
  Impl(LauncherParts given_parts, LauncherConfig given_config)
      : parts(std::move(given_parts)), config(std::move(given_config)) {}

  Result<std::map<std::string, std::string>> project_config(const std::string& name) const;
  Result<RunPlan> admit(RunRequest request);
  bool insert(RunPlan& plan, std::optional<UnixMillis> run_at);
  void start(RunPlan plan);
  RunHooks hooks();
  std::optional<RunPlan> create_retry(RunRequest request);
  void start_retry(RunPlan plan);
  void retain_files(const RunPlan& plan);

  void look_later();
  void look();
  bool start_due(const model::Execution& execution);
  RunPlan plan_due(model::Execution execution);

  AbortOutcome abort_elsewhere(model::Execution execution, const std::string& user, const std::string& reason,
                               bool force);

  const LauncherParts parts;
  const LauncherConfig config;
  RunRegistry registry;
  DueList due;
  std::atomic<bool> started{false};
  std::atomic<Mode> mode{Mode::active};
  base::EventLoop::TimerId look_timer = 0;  // on the loop's thread only
};

}  // namespace qd::engine
