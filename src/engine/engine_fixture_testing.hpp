// What the engine's tests run on: a real database, loop, pool and executor in a folder of their own.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/launcher.hpp"
#include "log/reader.hpp"
#include "node/local_executor.hpp"

namespace qd::engine {

class ListedNodes final : public NodeSource {
 public:
  model::Nodes nodes(const std::string&) override { return std::make_shared<model::NodeSet>(list); }
  void refresh(const std::string&) override { ++refreshes; }
  std::vector<model::Node> list;
  std::atomic<int> refreshes{0};
};

class EngineTest : public testing::Test {
 protected:
  static constexpr Millis kPatience{20'000};

  EngineTest();
  ~EngineTest() override;

  void open(LauncherConfig changes = {});  // starts the launcher; changes: log_limit, settings, max_running
  void close();

  static model::Step command(const std::string& text);
  static model::Step script(const std::string& text, const std::string& args = "");
  static model::Step reference(const std::string& name, const std::string& args = "");
  static model::Job job_of(const std::string& name, std::vector<model::Step> steps);
  void save(const model::Job& job);

  RunRequest request_for(model::Job job, std::map<std::string, std::string> options = {});
  // Runs to the end and returns the final row.
  model::Execution run(model::Job job, std::map<std::string, std::string> options = {});
  model::Execution run(RunRequest request);
  model::Execution finished(model::ExecutionId id);  // waits for it
  model::Execution wait_for_status(model::ExecutionId id, const std::string& status);

  std::vector<log::LogEvent> events(const model::Execution& execution);
  std::string output(const model::Execution& execution);  // NORMAL lines, one per line
  std::string errors(const model::Execution& execution);  // ERROR lines
  JsonObject state(const model::Execution& execution);
  static std::string step_state(const JsonObject& state, std::size_t step);
  // Puts one in front of the database that misbehaves; the stores go through it from now on. Before open().
  template <class Wrapper>
  Wrapper* wrap_database() {
    auto wrapped = std::make_unique<Wrapper>(std::move(database));
    Wrapper* given = wrapped.get();
    use_database(std::move(wrapped));
    return given;
  }
  void use_database(std::unique_ptr<store::Database> given);

  static void await(const std::function<bool()>& condition);        // fails the test when it does not come true
  static std::vector<int> processes_with(const std::string& mark);  // whose command line holds it

  std::filesystem::path folder;
  SystemClock clock;
  base::EventLoop loop{"engine-test"};
  base::WorkerPool pool{"engine-test", 4, 10'000};
  std::unique_ptr<store::Database> database;
  std::unique_ptr<store::ExecutionStore> executions;
  std::unique_ptr<store::JobStore> jobs;
  std::unique_ptr<store::ProjectStore> projects;
  std::unique_ptr<store::UploadStore> uploads;
  std::unique_ptr<node::LocalExecutor> executor;
  node::NodeExecutor* other_executor = nullptr;  // instead, when set before open()
  ListedNodes nodes;
  log::LogHub hub;
  std::unique_ptr<Launcher> launcher;
  std::map<std::string, std::string> secrets;  // by key storage path
  std::int64_t incarnation = 1;
};

}  // namespace qd::engine
