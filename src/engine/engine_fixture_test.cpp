#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>
#include <unistd.h>

#include "base/text.hpp"
#include "engine/engine_fixture_testing.hpp"

namespace qd::engine {

EngineTest::EngineTest() {
  std::string pattern = (std::filesystem::temp_directory_path() / "qd-engine-XXXXXX").string();
  folder = ::mkdtemp(pattern.data());
  loop.start();
  store::DatabaseConfig config;
  config.url = "sqlite:" + (folder / "test.db").string();
  use_database(store::Database::open(config).value());
  projects->create({"p", {{"project.globals.region", "north"}}, 0});
  node::LocalConfig local;
  local.temp_directory = folder.string();
  local.grace = Millis{300};
  executor = std::make_unique<node::LocalExecutor>(loop, pool, local);
  model::Node server;
  server.name = "server";
  server.attributes = {{"hostname", "server.example"}, {"osFamily", "unix"}};
  nodes.list = {server};
}

void EngineTest::use_database(std::unique_ptr<store::Database> given) {
  database = std::move(given);
  executions = std::make_unique<store::ExecutionStore>(*database);
  jobs = std::make_unique<store::JobStore>(*database);
  projects = std::make_unique<store::ProjectStore>(*database);
  uploads = std::make_unique<store::UploadStore>(*database);
}

EngineTest::~EngineTest() {
  close();
  loop.stop();
  pool.stop();
  database.reset();
  std::filesystem::remove_all(folder);
}

void EngineTest::open(LauncherConfig changes) {
  changes.server_uuid = "member-1";
  changes.incarnation = incarnation;
  changes.log_root = (folder / "logs").string();
  changes.temp_directory = folder.string();
  changes.server_url = "http://server:4440";
  changes.server_node = nodes.list.front();
  const auto read_secret = [this](const std::string& path, const vault::SecretUser&) -> Result<std::string> {
    const auto found = secrets.find(path);
    if (found == secrets.end()) return fail(ErrorKind::not_found, "path not found");
    return found->second;
  };
  launcher = std::make_unique<Launcher>(LauncherParts{loop,
                                                      pool,
                                                      *database,
                                                      *executions,
                                                      *jobs,
                                                      *projects,
                                                      *uploads,
                                                      other_executor ? *other_executor : *executor,
                                                      nodes,
                                                      hub,
                                                      clock,
                                                      read_secret,
                                                      {}},
                                        std::move(changes));
  launcher->start();
}

void EngineTest::close() {
  if (launcher) launcher->stop(Millis{0});
  launcher.reset();
}

model::Step EngineTest::command(const std::string& text) {
  model::Step step;
  step.action = model::CommandStep{text};
  return step;
}

model::Step EngineTest::script(const std::string& text, const std::string& args) {
  model::ScriptStep action;
  action.script = text;
  action.args = args;
  model::Step step;
  step.action = action;
  return step;
}

model::Step EngineTest::reference(const std::string& name, const std::string& args) {
  model::JobRefStep action;
  action.name = name;
  action.args = args;
  model::Step step;
  step.action = action;
  return step;
}

model::Job EngineTest::job_of(const std::string& name, std::vector<model::Step> steps) {
  model::Job job;
  job.uuid = "uuid-of-" + name;
  job.project = "p";
  job.name = name;
  job.multiple_executions = true;
  job.workflow.steps = std::move(steps);
  return job;
}

void EngineTest::save(const model::Job& job) {
  ASSERT_EQ(jobs->create(job, "admin", "member-1", clock.now()), store::JobStore::SaveOutcome::saved);
}

RunRequest EngineTest::request_for(model::Job job, std::map<std::string, std::string> options) {
  RunRequest request;
  request.job = std::move(job);
  request.user = "admin";
  request.options = std::move(options);
  return request;
}

model::Execution EngineTest::run(model::Job job, std::map<std::string, std::string> options) {
  return run(request_for(std::move(job), std::move(options)));
}

model::Execution EngineTest::run(RunRequest request) {
  if (!launcher) open();
  auto started = launcher->launch(std::move(request));
  if (!started) {
    ADD_FAILURE() << started.error().message;
    return {};
  }
  return finished(started->id);
}

model::Execution EngineTest::finished(model::ExecutionId id) {
  EXPECT_TRUE(launcher->wait_finished(id, kPatience)) << "execution " << id << " did not end";
  return executions->find(id).value_or(model::Execution{});
}

model::Execution EngineTest::wait_for_status(model::ExecutionId id, const std::string& status) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  auto row = executions->find(id);
  while (row && row->status != status && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(Millis{5});
    row = executions->find(id);
  }
  EXPECT_TRUE(row.has_value());
  auto found = row.value_or(model::Execution{});
  EXPECT_EQ(found.status, status);
  return found;
}

std::vector<log::LogEvent> EngineTest::events(const model::Execution& execution) {
  log::ReadRequest request;
  request.with_state = true;
  const auto page = log::read_log((folder / "logs" / execution.log_path).string(), request);
  std::vector<log::LogEvent> result;
  if (!page) {
    ADD_FAILURE() << page.error().message;
    return result;
  }
  EXPECT_TRUE(page->ended) << "the log of execution " << execution.id << " has no end";
  for (const auto& event : page->events) result.push_back(event.event);
  return result;
}

namespace {
std::string lines_of(const std::vector<log::LogEvent>& events, log::Level level) {
  std::string lines;
  for (const auto& event : events) {
    if (event.type == log::event_type::log && event.level == level) lines += event.message + "\n";
  }
  return lines;
}
}  // namespace

std::string EngineTest::output(const model::Execution& execution) {
  return lines_of(events(execution), log::Level::normal);
}

std::string EngineTest::errors(const model::Execution& execution) {
  return lines_of(events(execution), log::Level::error);
}

JsonObject EngineTest::state(const model::Execution& execution) {
  const auto text = executions->state(execution.id).value_or("");
  auto parsed = parse_json(text);
  if (!parsed || !parsed->is_object()) {
    ADD_FAILURE() << "no state: " << text;
    return {};
  }
  return parsed->as_object();
}

std::string EngineTest::step_state(const JsonObject& state, std::size_t step) {
  return std::string(state.at("steps").at(step - 1).at("executionState").as_string());
}

void EngineTest::await(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "the awaited condition did not come true";
    std::this_thread::sleep_for(Millis{5});
  }
}

std::vector<int> EngineTest::processes_with(const std::string& mark) {
  std::vector<int> found;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    const auto pid = base::parse_int(entry.path().filename().string());
    if (!pid || *pid == ::getpid()) continue;
    std::ifstream file(entry.path() / "cmdline", std::ios::binary);
    const std::string line((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (line.find(mark) != std::string::npos) found.push_back(static_cast<int>(*pid));
  }
  return found;
}

}  // namespace qd::engine
