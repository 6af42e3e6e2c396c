#include "engine/engine_fixture_testing.hpp"

namespace qd::engine {
namespace {

class JobReferenceTest : public EngineTest {
 protected:
  static model::Option option(const std::string& name) {
    model::Option made;
    made.name = name;
    return made;
  }
  static model::JobRefStep& action(model::Step& step) { return std::get<model::JobRefStep>(step.action); }
};

TEST_F(JobReferenceTest, ShowsItsStepsInsideThisExecution) {
  auto inner = job_of("inner", {command("echo in ${job.name} ${job.execid}"), command("echo second")});
  save(inner);
  const auto row = run(job_of("outer", {command("echo out ${job.name}"), reference("inner")}));
  EXPECT_EQ(row.status, "succeeded");
  EXPECT_EQ(output(row), "out outer\nin inner " + std::to_string(row.id) + "\nsecond\n");
  std::string contexts;
  for (const auto& event : events(row)) {
    if (event.type == "stepbegin") contexts += event.meta.at("stepctx") + " ";
  }
  EXPECT_EQ(contexts, "1 2 2/1 2/2 ");
  const auto document = state(row);
  const auto& step = document.at("steps").at(1).as_object();
  EXPECT_TRUE(step.at("hasSubworkflow").as_bool());
  EXPECT_EQ(step.at("workflow").at("steps").at(1).at("stepctx").as_string(), "2/2");
  EXPECT_EQ(step.at("workflow").at("executionState").as_string(), "SUCCEEDED");
  store::ExecutionQuery all;
  EXPECT_EQ(executions->query(all).total, 1);
}

TEST_F(JobReferenceTest, HandsOptionsOver) {
  auto inner = job_of("inner", {command("echo ${option.a} ${option.b} ${option.c}")});
  inner.options = {option("a"), option("b"), option("c")};
  inner.options[0].value = "default-a";
  inner.options[1].required = true;
  save(inner);
  auto outer = job_of("outer", {reference("inner", "-b \"${option.x} !\" -c ${option.none}")});
  outer.options = {option("x"), option("a")};
  EXPECT_EQ(output(run(outer, {{"x", "from outer"}, {"a", "mine"}})), "default-a from outer !\n");
  action(outer.workflow.steps[0]).import_options = true;
  EXPECT_EQ(output(run(outer, {{"x", "from outer"}, {"a", "mine"}})), "mine from outer !\n");
  action(outer.workflow.steps[0]).args = "";
  const auto row = run(outer);
  EXPECT_EQ(row.status, "failed");
  EXPECT_NE(errors(row).find("Option input was not valid for [inner]: Option 'b' is required."), std::string::npos);
}

TEST_F(JobReferenceTest, HandsSecretsToSecureOptionsOnlyAndHidesThem) {
  auto inner = job_of("inner", {command("echo [${option.plain}] [${option.shown}]")});
  inner.options = {option("plain"), option("shown")};
  inner.options[1].secure = inner.options[1].value_exposed = true;
  save(inner);
  auto outer = job_of("outer", {reference("inner", "-plain ${option.pass} -shown ${option.pass}")});
  outer.options = {option("pass")};
  outer.options[0].secure = true;
  const auto row = run(outer, {{"pass", "hunter22"}});
  EXPECT_EQ(output(row), "[] [*****]\n");
}

TEST_F(JobReferenceTest, FindsJobsByUuidNameGroupAndProject) {
  projects->create({"other", {}, 0});
  auto inner = job_of("inner", {command("echo ${job.project} ${job.group}")});
  inner.project = "other";
  inner.group = "a/b";
  save(inner);
  auto step = reference("inner");
  EXPECT_EQ(run(job_of("outer", {step})).status, "failed");
  action(step).group = "a/b";
  action(step).project = "other";
  EXPECT_EQ(output(run(job_of("outer", {step}))), "other a/b\n");
  action(step) = {};
  action(step).uuid = inner.uuid;
  EXPECT_EQ(output(run(job_of("outer", {step}))), "other a/b\n");
  action(step).uuid = "nobody";
  const auto row = run(job_of("outer", {step}));
  EXPECT_NE(errors(row).find("Job [nobody] not found by uuid, project: p"), std::string::npos);
}

TEST_F(JobReferenceTest, DisabledJobsAreSkippedOrFail) {
  auto inner = job_of("inner", {command("echo never")});
  inner.execution_enabled = false;
  save(inner);
  auto step = reference("inner");
  auto row = run(job_of("outer", {step}));
  EXPECT_EQ(row.status, "succeeded");
  EXPECT_EQ(output(row), "");
  action(step).fail_on_disable = true;
  row = run(job_of("outer", {step}));
  EXPECT_EQ(row.status, "failed");
  EXPECT_NE(errors(row).find("Job [inner] execution disabled"), std::string::npos);
}

TEST_F(JobReferenceTest, AJobInsideItselfIsRefused) {
  auto a = job_of("a", {command("echo a"), reference("b")});
  auto b = job_of("b", {command("echo b"), reference("a")});
  save(a);
  save(b);
  const auto row = run(a);
  EXPECT_EQ(row.status, "failed");
  EXPECT_EQ(output(row), "a\nb\n");
  EXPECT_NE(errors(row).find("Job [a] refers to itself: uuid-of-a -> uuid-of-b -> uuid-of-a"), std::string::npos);
}

TEST_F(JobReferenceTest, NestingHasALimit) {
  for (int i = 0; i < 60; ++i) save(job_of("j" + std::to_string(i), {reference("j" + std::to_string(i + 1))}));
  const auto row = run(job_of("start", {reference("j0")}));
  EXPECT_EQ(row.status, "failed");
  EXPECT_NE(errors(row).find("is nested more than 50 references deep"), std::string::npos);
}

TEST_F(JobReferenceTest, RunsOncePerNodeAsANodeStep) {
  model::Node a, b;
  a.name = "a";
  b.name = "b";
  nodes.list.push_back(a);
  nodes.list.push_back(b);
  auto inner = job_of("inner", {command("echo ${option.of}")});
  inner.options = {option("of")};
  save(inner);
  auto step = reference("inner", "-of ${node.name}");
  action(step).node_step = true;
  auto outer = job_of("outer", {step});
  outer.node_filters.emplace();
  outer.node_filters->filter = "a,b";
  const auto row = run(outer);
  EXPECT_EQ(row.status, "succeeded");
  EXPECT_EQ(output(row), "a\nb\n");
  const auto document = state(row);
  const auto& own = document.at("steps").at(0).at("parameterStates").at("node=b").as_object();
  EXPECT_EQ(own.at("workflow").at("steps").at(0).at("stepctx").as_string(), "1@node=b/1");
}

TEST_F(JobReferenceTest, AFailureInsideFailsTheStepAndItsHandlerHelps) {
  save(job_of("inner", {command("exit 2")}));
  auto step = reference("inner");
  auto row = run(job_of("outer", {step}));
  EXPECT_EQ(row.status, "failed");
  EXPECT_NE(errors(row).find("step failures: {1=JobFailed: Job [inner] failed}"), std::string::npos);
  auto handler = command("echo helped");
  handler.keepgoing_on_success = true;
  step.error_handler = {handler};
  row = run(job_of("outer", {step}));
  EXPECT_EQ(row.status, "succeeded");
  EXPECT_EQ(output(row), "helped\n");
}

TEST_F(JobReferenceTest, ItsOwnTimeoutFailsTheStep) {
  auto inner = job_of("inner", {command("sleep 60")});
  inner.timeout = "1s";
  save(inner);
  const auto row = run(job_of("outer", {reference("inner")}));
  EXPECT_EQ(row.status, "failed");
  EXPECT_NE(errors(row).find("Job [inner] failed"), std::string::npos);
}

}  // namespace
}  // namespace qd::engine
