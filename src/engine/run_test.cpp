// What happens inside an execution: options, expansion, scripts, timeout, retry, log limit.
#include "engine/run.hpp"

#include <fstream>

#include "engine/engine_fixture_testing.hpp"
#include "http/server.hpp"

namespace qd::engine {
namespace {

class RunTest : public EngineTest {
 protected:
  static model::Option option(const std::string& name) {
    model::Option made;
    made.name = name;
    return made;
  }
};

TEST_F(RunTest, OptionValuesCannotBreakOutOfACommand) {
  auto job = job_of("j", {command("printf '<%s>\\n' ${option.x} \"${option.x}\" '${option.x}'")});
  job.options = {option("x")};
  open();
  const std::vector<std::string> attacks{"; echo PWNED",
                                         "$(echo PWNED)",
                                         "`echo PWNED`",
                                         "' ; echo PWNED '",
                                         "\" ; echo PWNED \"",
                                         "$IFS",
                                         "-rf",
                                         "a\necho PWNED",
                                         "\\",
                                         "*",
                                         "&& echo PWNED",
                                         "> " + (folder / "pwned").string()};
  for (const auto& attack : attacks) {
    const auto row = run(job, {{"x", attack}});
    EXPECT_EQ(output(row), "<" + attack + ">\n<" + attack + ">\n<" + attack + ">\n");
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "pwned"));
}

TEST_F(RunTest, OptionValuesCannotBreakOutOfScriptArguments) {
  auto job = job_of(
      "j", {script("#!/bin/sh\nfor a in \"$@\"; do printf '<%s>' \"$a\"; done\n", "-v ${option.x} \"two words\"")});
  job.options = {option("x")};
  for (const std::string attack : {"; echo PWNED", "$(echo PWNED)", "a b", "'", "\"", "-x"}) {
    EXPECT_EQ(output(run(job, {{"x", attack}})), "<-v><" + attack + "><two words>\n");
  }
}

TEST_F(RunTest, AValueWhereNoQuotingIsSafeFailsTheStep) {
  auto job = job_of("j", {command("cat <<EOF\n${option.x}\nEOF")});
  job.options = {option("x")};
  EXPECT_EQ(output(run(job, {{"x", "plain"}})), "plain\n");
  const auto row = run(job, {{"x", "$(echo PWNED)"}});
  EXPECT_EQ(row.status, "failed");
  EXPECT_NE(errors(row).find("Failed: ConfigurationFailure: The value of ${option.x} cannot be quoted"),
            std::string::npos);
}

TEST_F(RunTest, FillsReferencesAndEnvironment) {
  auto job =
      job_of("j", {command("echo ${job.name}/${job.group}/${job.project}/${job.username}/${job.execid}/${job.loglevel}/"
                           "${job.retryAttempt}/${job.wasRetry}/${node.name}/${node.hostname}/${globals.region}/"
                           "${globals.zone}/${option.m.delimiter}/${execution.id}"),
                   command("echo $RD_JOB_NAME $RD_OPTION_MY_OPT $RD_NODE_HOSTNAME $RD_GLOBALS_REGION $RD_JOB_USER_NAME "
                           "[$RD_OPTION_HIDDEN]")});
  job.group = "g/h";
  job.options = {option("m"), option("my-opt"), option("hidden")};
  job.options[0].multivalued = true;
  job.options[0].delimiter = ";";
  job.options[1].value = "in ${globals.region}";
  job.options[2].secure = true;
  LauncherConfig config;
  config.settings = {{"framework.globals.zone", "z1"}, {"framework.globals.region", "overridden"}};
  open(config);
  const auto row = run(job, {{"hidden", "x"}});
  const auto id = std::to_string(row.id);
  EXPECT_EQ(output(row), "j/g/h/p/admin/" + id + "/INFO/0/false/server/server.example/north/z1/;/" + id +
                             "\nj in north server.example north admin []\n");
}

TEST_F(RunTest, RunsScriptsFromTextAndFile) {
  const auto path = (folder / "script.sh").string();
  std::ofstream(path) << "echo file @option.x@ $1\n";
  model::ScriptStep file;
  file.source = model::ScriptStep::Source::file;
  file.script = folder.string() + "/${option.name}";
  file.args = "arg";
  file.interpreter = "/bin/sh";
  model::Step plain;
  plain.action = file;
  file.expand_tokens = true;
  model::Step expanded;
  expanded.action = file;
  auto job = job_of("j", {script("#!/bin/sh\r\necho inline @option.x@ @job.name@ \"$@\"\r\n", "1 2"), plain, expanded});
  job.options = {option("x"), option("name")};
  EXPECT_EQ(output(run(job, {{"x", "v"}, {"name", "script.sh"}})), "inline v j 1 2\nfile @option.x@ arg\nfile v arg\n");
  const auto row = run(job, {{"name", "gone.sh"}});
  EXPECT_EQ(row.status, "failed");
  EXPECT_NE(errors(row).find("Failed: IOFailure: The script file '" + folder.string() + "/gone.sh' cannot be read"),
            std::string::npos);
}

TEST_F(RunTest, FetchesScriptsFromUrls) {
  http::ServerConfig config;
  config.port = 0;
  std::string asked;
  http::Server server(config, pool, [&](const http::Request& request) {
    asked = request.target;
    if (!request.path.starts_with("/scripts/")) return http::Response::text(404, "nothing here");
    return http::Response::text(200, "echo \"fetched @option.x@ $1\"\n");
  });
  ASSERT_TRUE(server.start().has_value());
  model::ScriptStep action;
  action.source = model::ScriptStep::Source::url;
  action.script = "http://127.0.0.1:" + std::to_string(server.port()) + "/${option.where}/${option.x}?q=${option.x}";
  action.args = "one";
  action.interpreter = "/bin/sh";
  action.expand_tokens = true;
  model::Step step;
  step.action = action;
  auto job = job_of("j", {step});
  job.options = {option("x"), option("where")};
  EXPECT_EQ(output(run(job, {{"x", "a b&c"}, {"where", "scripts"}})), "fetched a b&c one\n");
  EXPECT_EQ(asked, "/scripts/a%20b%26c?q=a%20b%26c");
  const auto row = run(job, {{"where", "elsewhere"}});
  EXPECT_EQ(row.status, "failed");
  EXPECT_NE(errors(row).find("HTTP status 404"), std::string::npos);
  server.stop(Millis{0});
}

TEST_F(RunTest, SecretsAreHiddenInOutputAndLeftOutOfTheRow) {
  auto job =
      job_of("j", {command("echo the password is ${option.pass}, env $RD_OPTION_PASS; echo 'se''cret'; exit 1")});
  job.options = {option("pass"), option("stored"), option("x")};
  job.options[0].secure = job.options[0].value_exposed = true;
  job.options[1].secure = true;
  job.options[1].storage_path = "keys/a";
  secrets["keys/a"] = "secret";
  const auto row = run(job, {{"pass", "hunter22"}, {"x", "1"}});
  EXPECT_EQ(output(row), "the password is *****, env *****\n*****\n");
  EXPECT_EQ(row.arg_string, "-x 1");
  EXPECT_EQ(row.options, (std::map<std::string, std::string>{{"x", "1"}}));
  std::ifstream file(folder / "logs" / row.log_path);
  const std::string log((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_EQ(log.find("hunter22"), std::string::npos);
}

TEST_F(RunTest, TheLogLevelDecidesWhatIsKept) {
  auto job = job_of("j", {command("echo out; echo err >&2")});
  job.log_level = "ERROR";
  const auto row = run(job);
  EXPECT_EQ(output(row), "");
  EXPECT_EQ(errors(row), "err\n");
}

TEST_F(RunTest, ATimeoutEndsTheExecution) {
  auto job = job_of("j", {command("sleep 60"), command("echo never")});
  job.options = {option("t")};
  job.timeout = "${option.t}";
  const auto row = run(job, {{"t", "1s"}});
  EXPECT_EQ(row.status, "timedout");
  EXPECT_EQ(output(row), "");
  EXPECT_EQ(row.failed_nodes, std::vector<std::string>{"server"});
}

TEST_F(RunTest, RetriesUntilItWorksOrTheCountIsReached) {
  auto job =
      job_of("j", {command("echo ${job.retryAttempt} ${job.wasRetry} ${option.s}; [ ${job.retryAttempt} = 2 ]")});
  job.options = {option("n"), option("s")};
  job.options[1].secure = job.options[1].value_exposed = true;
  job.multiple_executions = false;
  job.retry = model::Retry{"${option.n}", ""};
  save(job);
  const auto first = run(job, {{"n", "5"}, {"s", "abc"}});
  EXPECT_EQ(first.status, "failed-with-retry");
  ASSERT_TRUE(first.retried_as.has_value());
  const auto second = wait_for_status(*first.retried_as, "failed-with-retry");
  EXPECT_EQ(second.retry_of, first.id);
  EXPECT_EQ(second.original, first.id);
  EXPECT_EQ(second.retry_attempt, 1);
  ASSERT_TRUE(second.retried_as.has_value());
  const auto third = wait_for_status(*second.retried_as, "succeeded");
  EXPECT_EQ(third.retry_of, second.id);
  EXPECT_EQ(third.original, first.id);
  EXPECT_FALSE(third.retried_as.has_value());
  EXPECT_EQ(output(third), "2 true abc\n");
}

TEST_F(RunTest, TheLastRetryFailsAndADelayIsWaitedFor) {
  auto job = job_of("j", {command("false")});
  job.retry = model::Retry{"1", "1s"};
  save(job);
  const auto first = run(job);
  EXPECT_EQ(first.status, "failed-with-retry");
  const auto last = wait_for_status(first.retried_as.value_or(0), "failed");
  EXPECT_GE(*last.started, *first.ended + 900);
  EXPECT_FALSE(last.retried_as.has_value());
}

TEST_F(RunTest, ALogLimitHaltsOrTruncates) {
  auto job = job_of("j", {command("for i in 1 2 3 4 5; do echo $i; done; exec sleep 60")});
  job.log_limit = model::LogLimit{"3", "halt", "chatty"};
  auto row = run(job);
  EXPECT_EQ(row.status, "chatty");
  EXPECT_EQ(output(row), "1\n2\n3\n");
  EXPECT_EQ(errors(row).substr(0, 27), "Log output limit exceeded: ");
  job = job_of("k", {command("for i in 1 2 3 4 5; do echo $i; done")});
  job.log_limit = model::LogLimit{"3", "truncate", ""};
  row = run(job);
  EXPECT_EQ(row.status, "succeeded");
  EXPECT_EQ(output(row), "1\n2\n3\n");
  job.log_limit = model::LogLimit{"3", "halt", ""};
  EXPECT_EQ(run(job).status, "failed");
}

TEST_F(RunTest, TheServersLogLimitHoldsForEveryJob) {
  LauncherConfig config;
  config.log_limit = {"2", "truncate", ""};
  open(config);
  EXPECT_EQ(output(run(job_of("j", {command("echo 1; echo 2; echo 3")}))), "1\n2\n");
  auto job = job_of("k", {command("echo 1; echo 2; echo 3; exec sleep 60")});
  job.log_limit = model::LogLimit{"1", "halt", "chatty"};
  auto row = run(job);
  EXPECT_EQ(row.status, "chatty");
  EXPECT_EQ(output(row), "1\n");
  job.log_limit = model::LogLimit{"1/node", "halt", ""};  // lines of all nodes come before lines of one
  row = run(job);
  EXPECT_EQ(row.status, "failed");
  EXPECT_EQ(output(row), "1\n2\n");
}

TEST_F(RunTest, UploadedFilesAreThereWhileItRuns) {
  auto job =
      job_of("j", {command("cat ${file.f}; echo; echo ${file.f.fileName} $RD_FILE_F > " + folder.string() + "/told")});
  job.options = {option("f")};
  job.options[0].type = "file";
  store::Upload upload;
  upload.id = "upload-1";
  upload.project = "p";
  upload.job_uuid = job.uuid;
  upload.option_name = "f";
  upload.file_name = "data.txt";
  upload.created = clock.now();
  uploads->create(upload, "content of it");
  const auto row = run(job, {{"f", "upload-1"}});
  EXPECT_EQ(output(row), "content of it\n");
  std::ifstream told(folder / "told");
  std::string name, path;
  told >> name >> path;
  EXPECT_EQ(name, "data.txt");
  EXPECT_FALSE(std::filesystem::exists(path));
  const auto again = launcher->launch(request_for(job, {{"f", "upload-1"}}));
  ASSERT_FALSE(again.has_value());
  EXPECT_NE(again.error().message.find("it was used for execution " + std::to_string(row.id)), std::string::npos);
}

TEST_F(RunTest, AdHocCommandsHaveNoJob) {
  auto job = job_of("", {command("echo ${job.execid} adhoc")});
  job.uuid.clear();
  const auto row = run(job);
  EXPECT_EQ(row.status, "succeeded");
  EXPECT_EQ(row.job_uuid, "");
  ASSERT_TRUE(row.ad_hoc.has_value());
  EXPECT_EQ(row.ad_hoc->workflow.steps.size(), 1U);
  EXPECT_EQ(row.description, "echo ${job.execid} adhoc");
}

}  // namespace
}  // namespace qd::engine
