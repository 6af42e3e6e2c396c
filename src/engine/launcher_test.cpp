#include "engine/launcher.hpp"

#include "engine/engine_fixture_testing.hpp"

namespace qd::engine {
namespace {

class LauncherTest : public EngineTest {};

TEST_F(LauncherTest, RunsACommandFromRequestToFinalRow) {
  const auto row = run(job_of("hello", {command("echo hello; echo oops >&2")}));
  EXPECT_EQ(row.status, "succeeded");
  EXPECT_EQ(output(row), "hello\n");
  EXPECT_EQ(errors(row), "oops\n");
  EXPECT_EQ(row.succeeded_nodes, std::vector<std::string>{"server"});
  EXPECT_TRUE(row.failed_nodes.empty());
  EXPECT_EQ(row.job_name, "hello");
  EXPECT_EQ(row.description, "echo hello; echo oops >&2");
  EXPECT_GT(row.log_size, 0);
  EXPECT_EQ(static_cast<std::uintmax_t>(row.log_size), std::filesystem::file_size(folder / "logs" / row.log_path));
  ASSERT_TRUE(row.started && row.ended);
  EXPECT_LE(*row.started, *row.ended);
  const auto document = state(row);
  EXPECT_EQ(document.at("executionState").as_string(), "SUCCEEDED");
  EXPECT_EQ(step_state(document, 1), "SUCCEEDED");
}

TEST_F(LauncherTest, RefusesWhatCannotRun) {
  open();
  auto job = job_of("j", {command("true")});
  const auto refusal = [&](const RunRequest& request) {
    const auto started = launcher->launch(request);
    EXPECT_FALSE(started.has_value());
    return started ? Error{} : started.error();
  };
  auto disabled = job;
  disabled.execution_enabled = false;
  EXPECT_EQ(refusal(request_for(disabled)).message, "Job execution is disabled");
  EXPECT_EQ(refusal(request_for(disabled)).code, "api.error.job.disabled");
  auto required = job;
  required.options.resize(2);
  required.options[0].name = "opt1";
  required.options[1].name = "opt2";
  required.options[1].required = true;
  const auto invalid = refusal(request_for(required, {{"opt1", "x"}}));
  EXPECT_EQ(invalid.message, "Job options were not valid: Option 'opt2' is required.");
  EXPECT_EQ(invalid.code, "api.error.job.options-invalid");
  auto past = request_for(job);
  past.run_at = clock.now() - 1;
  EXPECT_EQ(refusal(past).message, "Execution failed: A job cannot be scheduled for a time in the past");
  auto elsewhere = job;
  elsewhere.project = "nowhere";
  EXPECT_EQ(refusal(request_for(elsewhere)).message, "Project does not exist: nowhere");
  launcher->set_mode(Launcher::Mode::passive);
  EXPECT_EQ(refusal(request_for(job)).message, "Executions are disabled.");
  launcher->set_mode(Launcher::Mode::active);
  projects->change_config("p", {{"project.disable.executions", "true"}}, {});
  EXPECT_EQ(refusal(request_for(job)).message, "Project execution is disabled");
  EXPECT_EQ(executions->query({}).total, 0);
}

TEST_F(LauncherTest, OneRunOfAJobAtATimeUnlessItAllowsMore) {
  open();
  auto job = job_of("j", {command("sleep 60")});
  job.multiple_executions = false;
  const auto first = launcher->launch(request_for(job));
  ASSERT_TRUE(first.has_value());
  const auto second = launcher->launch(request_for(job));
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().kind, ErrorKind::conflict);
  EXPECT_EQ(second.error().message,
            "Execution had a conflict: Job \"j\" {{Job uuid-of-j}}: Limit of running executions has been reached.");
  job.multiple_executions = true;
  job.max_multiple_executions = "2";
  EXPECT_TRUE(launcher->launch(request_for(job)).has_value());
  EXPECT_FALSE(launcher->launch(request_for(job)).has_value());
  EXPECT_EQ(launcher->running(), 2U);
  launcher->abort(first->id, "admin");
  finished(first->id);
  EXPECT_TRUE(launcher->launch(request_for(job)).has_value());
}

TEST_F(LauncherTest, TooManyExecutionsAreRefused) {
  LauncherConfig config;
  config.max_running = 1;
  open(config);
  ASSERT_TRUE(launcher->launch(request_for(job_of("j", {command("sleep 60")}))).has_value());
  const auto refused = launcher->launch(request_for(job_of("k", {command("true")})));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
}

TEST_F(LauncherTest, RunsLaterWithTheOptionsThatWereGiven) {
  open();
  auto job = job_of("j", {command("echo ${option.x} ${option.s}")});
  job.options.resize(2);
  job.options[0].name = "x";
  job.options[1].name = "s";
  job.options[1].secure = job.options[1].value_exposed = true;
  save(job);
  auto request = request_for(job, {{"x", "later"}, {"s", "abc"}});
  request.run_at = clock.now() + 300;
  const auto planned = launcher->launch(request);
  ASSERT_TRUE(planned.has_value());
  EXPECT_EQ(planned->status, "scheduled");
  EXPECT_EQ(planned->scheduled_for, request.run_at);
  const auto row = wait_for_status(planned->id, "succeeded");
  EXPECT_GE(*row.started, *request.run_at);
  EXPECT_EQ(output(row), "later abc\n");
}

TEST_F(LauncherTest, ScheduledExecutionsOutliveTheServerAndCanBeCancelled) {
  open();
  auto job = job_of("j", {command("echo late")});
  save(job);
  auto request = request_for(job);
  request.run_at = clock.now() + 700;
  const auto kept = launcher->launch(request);
  request.run_at = clock.now() + 3'600'000;
  const auto cancelled = launcher->launch(request);
  ASSERT_TRUE(kept && cancelled);
  const auto outcome = launcher->abort(cancelled->id, "bob");
  EXPECT_EQ(outcome.status, AbortOutcome::Status::aborted);
  EXPECT_EQ(outcome.execution.status, "aborted");
  EXPECT_EQ(outcome.execution.aborted_by, "bob");
  close();
  ++incarnation;
  open();
  EXPECT_EQ(output(wait_for_status(kept->id, "succeeded")), "late\n");
}

TEST_F(LauncherTest, AStartClosesWhatAnEarlierOneLeft) {
  model::Execution orphan;
  orphan.uuid = "orphan";
  orphan.project = "p";
  orphan.user = "admin";
  orphan.server_uuid = "member-1";
  orphan.incarnation = 1;
  orphan.started = clock.now();
  const auto id = executions->create(orphan);
  incarnation = 2;
  open();
  EXPECT_EQ(executions->find(id)->status, "incomplete");
}

TEST_F(LauncherTest, AbortEndsTheWholeTreeOfProcesses) {
  open();
  const auto mark = "qd-abort-" + folder.filename().string();
  const auto started = launcher->launch(request_for(
      job_of("j", {command("echo ready; sh -c 'sleep 61 & sleep 62; : " + mark + "'"), command("echo never")})));
  ASSERT_TRUE(started.has_value());
  const auto seen = [&] {
    const auto page = log::read_log((folder / "logs" / started->log_path).string(), {});
    return page && !page->events.empty();
  };
  await(seen);
  const auto outcome = launcher->abort(started->id, "bob", "enough");
  EXPECT_EQ(outcome.status, AbortOutcome::Status::pending);
  EXPECT_EQ(outcome.execution.status, "running");
  const auto row = finished(started->id);
  EXPECT_EQ(row.status, "aborted");
  EXPECT_EQ(row.aborted_by, "bob");
  EXPECT_EQ(row.abort_reason, "enough");
  EXPECT_EQ(output(row), "ready\n");
  EXPECT_EQ(state(row).at("executionState").as_string(), "ABORTED");
  EXPECT_EQ(step_state(state(row), 1), "ABORTED");
  EXPECT_EQ(step_state(state(row), 2), "NOT_STARTED");
  EXPECT_TRUE(processes_with(mark).empty());
  const auto again = launcher->abort(started->id, "bob");
  EXPECT_EQ(again.status, AbortOutcome::Status::failed);
  EXPECT_EQ(again.reason, "Job is not running");
  EXPECT_EQ(launcher->abort(999, "bob").execution.id, 0);
}

TEST_F(LauncherTest, ForceMarksWhatNobodyRunsAsIncomplete) {
  model::Execution lost;
  lost.uuid = "lost";
  lost.project = "p";
  lost.user = "admin";
  lost.server_uuid = "member-2";
  lost.incarnation = 7;
  lost.started = clock.now();
  const auto id = executions->create(lost);
  open();
  EXPECT_EQ(launcher->abort(id, "bob").reason, "Execution is running on a different cluster server: member-2");
  const auto forced = launcher->abort(id, "bob", "", true);
  EXPECT_EQ(forced.status, AbortOutcome::Status::aborted);
  EXPECT_EQ(forced.execution.status, "incomplete");
}

TEST_F(LauncherTest, StopEndsWhatRunsAndWritesTheOutcome) {
  open();
  const auto started = launcher->launch(request_for(job_of("j", {command("sleep 60")})));
  ASSERT_TRUE(started.has_value());
  close();
  const auto row = *executions->find(started->id);
  EXPECT_EQ(row.status, "aborted");
  EXPECT_EQ(row.aborted_by, "system");
}

TEST_F(LauncherTest, WatchersHearOfOutputAndTheEnd) {
  open();
  auto request = request_for(job_of("j", {command("echo x")}));
  request.run_at = clock.now() + 200;
  save(request.job);
  const auto planned = launcher->launch(request);
  ASSERT_TRUE(planned.has_value());
  std::atomic<int> output_events{0};
  std::atomic<bool> completed{false};
  const auto watching = hub.subscribe(planned->id, [&](const log::HubEvent& event) {
    if (event.kind == log::HubEvent::Kind::output) ++output_events;
    if (event.kind == log::HubEvent::Kind::completed) completed = true;
  });
  await([&] { return completed.load(); });
  EXPECT_GT(output_events.load(), 0);
}

TEST_F(LauncherTest, TheStateOfARunningExecutionIsLive) {
  open();
  const auto started = launcher->launch(request_for(job_of("j", {command("true"), command("sleep 60")})));
  ASSERT_TRUE(started.has_value());
  await([&] {
    const auto live = launcher->live_state(started->id);
    return live && live->state.steps.size() == 2 && live->state.steps[1].overall.state == model::RunState::running;
  });
  await([&] { return executions->state(started->id).value_or("").find("RUNNING") != std::string::npos; });
  launcher->abort(started->id, "admin");
  finished(started->id);
  EXPECT_FALSE(launcher->live_state(started->id));
}

}  // namespace
}  // namespace qd::engine
