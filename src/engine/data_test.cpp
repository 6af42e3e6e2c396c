// Data that steps leave to later ones: log filters, exported variables, exit codes; and the steps around it.
#include "engine/engine_fixture_testing.hpp"
#include "engine/json_query.hpp"

namespace qd::engine {
namespace {

class DataTest : public EngineTest {
 protected:
  static model::Step filtered(model::Step step, const std::string& type, JsonObject config) {
    JsonArray list;
    if (const Json* old = find(step.plugins, "LogFilter")) list = old->get_array();
    list.push_back(JsonObject{{"type", type}, {"config", std::move(config)}});
    step.plugins["LogFilter"] = std::move(list);
    return step;
  }
  static model::Step plugin(const std::string& type, JsonObject config, bool node_step = false) {
    model::Step step;
    step.action = model::PluginStep{type, node_step, std::move(config)};
    return step;
  }
  void use_nodes(const std::vector<std::string>& names) {
    for (const auto& name : names) {
      model::Node node;
      node.name = name;
      nodes.list.push_back(node);
    }
  }
  static model::Job on_nodes(model::Job job, const std::string& filter) {
    job.node_filters.emplace();
    job.node_filters->filter = filter;
    job.workflow.strategy = "sequential";
    return job;
  }
  std::vector<log::LogEvent> lines_with(const model::Execution& row, const std::string& meta) {
    std::vector<log::LogEvent> found;
    for (const auto& event : events(row)) {
      if (event.meta.contains(meta)) found.push_back(event);
    }
    return found;
  }
};

TEST_F(DataTest, KeyValueDataReachesLaterStepsOfItsNode) {
  use_nodes({"a", "b"});
  const auto give = filtered(command("echo RUNDECK:DATA:name = ${node.name}1; echo 'RUNDECK:DATA:odd$key=x y'"),
                             "key-value-data", {{"logData", "true"}});
  const auto row = run(on_nodes(
      job_of("j",
             {give, command("echo ${data.name} ${data.name@b} \"${data.name*}\" \"${data.name*-}\" ${1:data.name}"),
              script("echo @data.name@ @data.name/b@ $RD_DATA_ODD_KEY\n")}),
      "a b"));
  EXPECT_EQ(row.status, "succeeded");
  const auto text = output(row);
  EXPECT_NE(text.find("a1 b1 a1,b1 a1-b1 a1\n"), std::string::npos) << text;
  EXPECT_NE(text.find("b1 b1 a1,b1 a1-b1 b1\n"), std::string::npos) << text;
  EXPECT_NE(text.find("a1 b1 x y\n"), std::string::npos) << text;
  const auto tables = lines_with(row, "content-data-type");
  ASSERT_EQ(tables.size(), 2U);
  EXPECT_EQ(tables[0].message, R"({"name":"a1","odd_key":"x y"})");
  EXPECT_EQ(tables[0].meta.at("content-meta:table-title"), "Key Value Data: Results");
}

TEST_F(DataTest, PatternsCaptureNamedValuesAndSeveral) {
  const auto one =
      filtered(command("echo version 1.2"), "key-value-data", {{"regex", "^version (.+)$"}, {"name", "v"}});
  const auto several =
      filtered(command("echo x=1 y=2"), "key-value-data",
               {{"regex", "(\\w)=(\\d)"}, {"matchSubstrings", "true"}, {"allowMultipleMatches", "true"}});
  const auto lines =
      filtered(command("printf 'hello 1\\nworld 2\\n'"), "key-value-data-multilines",
               {{"regex", "(\\w+)\\s(\\d+)"}, {"captureMultipleKeysValues", "true"}, {"hideOutput", "true"}});
  const auto whole =
      filtered(command("printf 'p\\nq\\n'"), "key-value-data-multilines", {{"regex", "(.+)"}, {"name", "all"}});
  const auto row =
      run(job_of("j", {one, several, lines, whole,
                       command("echo ${data.v} ${data.x} ${data.y} ${data.hello} ${data.world} \"${data.all}\"")}));
  EXPECT_EQ(output(row), "version 1.2\nx=1 y=2\np\nq\n1.2 1 2 1 2 p\nq\n");
}

TEST_F(DataTest, JsonMapperTakesValuesOutOfJson) {
  const auto give = filtered(command(R"(echo '{"items":[{"name":"x","n":3}]}')"), "json-mapper",
                             {{"filter", ".items[0]"}, {"prefix", "r"}});
  const auto row = run(job_of("j", {give, command("echo ${data.r.name} ${data.r.n}")}));
  EXPECT_NE(output(row).find("\nx 3\n"), std::string::npos) << output(row);
}

TEST_F(DataTest, ExportedVariablesExitCodesAndGlobals) {
  use_nodes({"a", "b"});
  const auto give = filtered(command("echo RUNDECK:DATA:k=${node.name}"), "key-value-data", {});
  const auto row = run(
      on_nodes(job_of("j", {give, plugin("export-var", {{"value", "${data.k*} ${globals.region}"}, {"export", "all"}}),
                            command("echo ${export.all} ${1:exec.exitCode@a} ${1:exec.exitCode*}")}),
               "a b"));
  EXPECT_EQ(row.status, "succeeded") << errors(row);
  EXPECT_NE(output(row).find("a,b north 0 0,0\n"), std::string::npos) << output(row);
  EXPECT_EQ(run(job_of("empty", {plugin("export-var", {{"value", ""}, {"export", "x"}})})).status, "failed");
}

TEST_F(DataTest, AReferencedJobExportsToItsParent) {
  save(job_of("child", {plugin("export-var", {{"value", "from child"}, {"export", "v"}}),
                        plugin("export-var", {{"value", "hidden"}, {"export", "w"}, {"group", "own"}})}));
  const auto row = run(job_of("parent", {reference("child"), command("echo ${export.v} '${own.w}'")}));
  EXPECT_EQ(output(row), "from child ${own.w}\n") << errors(row);
}

TEST_F(DataTest, DataStepsAndTheLogOfAllData) {
  use_nodes({"a"});
  auto job = on_nodes(job_of("j", {plugin("stub-data-step", {{"data", "x=1\ny=two"}, {"format", "properties"}}),
                                   plugin("stub-data-node-step", {{"data", "{\"z\":3}"}, {"format", "json"}}, true),
                                   command("echo ${stub.x} ${stub.y} ${stub.z}"), plugin("log-data-step", {})}),
                      "a");
  const auto row = run(job);
  EXPECT_NE(output(row).find("1 two 3\n"), std::string::npos) << output(row) << errors(row);
  std::string titles;
  for (const auto& event : lines_with(row, "content-meta:table-title")) {
    titles += event.meta.at("content-meta:table-title") + " ";
    if (event.meta.at("content-meta:table-title") != "@a") continue;
    EXPECT_EQ(event.message, R"({"stub":{"z":"3"}})");
  }
  EXPECT_EQ(titles, "global @a ");
  EXPECT_EQ(run(job_of("bad", {plugin("stub-data-step", {{"data", "[1]"}, {"format", "json"}})})).status, "failed");
}

TEST_F(DataTest, FiltersChangeHowOutputLooks) {
  auto job = job_of("j", {filtered(filtered(command("echo loud; echo quiet 42"), "quiet-output",
                                            {{"regex", "quiet"}, {"quietMatch", "true"}, {"loglevel", "verbose"}}),
                                   "highlight-output", {{"regex", "(lo)ud"}, {"fgcolor", "red"}, {"mode", "bold"}})});
  EXPECT_EQ(output(run(job)), "\x1b[31;1mlo\x1b[0mud\n");
  const auto rendered = run(job_of(
      "r",
      {filtered(
          command(
              "echo before; echo '#BEGIN:RUNDECK:DATATYPE:json'; echo '{}'; echo '#END:RUNDECK:DATATYPE'; echo after"),
          "render-datatype", {})}));
  EXPECT_EQ(output(rendered), "before\n{}\n\nafter\n");
  ASSERT_EQ(lines_with(rendered, "content-data-type").size(), 1U);
  EXPECT_EQ(lines_with(rendered, "content-data-type")[0].meta.at("content-data-type"), "application/json");
}

TEST_F(DataTest, MaskPasswordsNamesItsOwnMask) {
  auto job = job_of("j", {filtered(command("echo pass ${option.pw}"), "mask-passwords", {{"color", "blue"}}),
                          command("echo pass ${option.pw}")});
  model::Option option;
  option.name = "pw";
  option.secure = true;
  option.value_exposed = true;
  job.options = {option};
  EXPECT_EQ(output(run(job, {{"pw", "hunter22"}})), "pass \x1b[34m[SECURE]\x1b[0m\npass *****\n");
}

TEST_F(DataTest, FiltersOfJobProjectAndReferencesApplyInOrder) {
  projects->create({"g",
                    {{"project.globalfilter.1.type", "highlight-output"},
                     {"project.globalfilter.1.config.regex", "x"},
                     {"project.globalfilter.1.config.fgcolor", "red"}},
                    0});
  auto job = job_of("j", {filtered(command("echo x"), "key-value-data", {{"regex", "(.+)"}, {"name", "seen"}}),
                          command("echo \"${data.seen}\" | tr -d 'x'")});
  job.project = "g";
  job.workflow.plugin_config["LogFilter"] = JsonArray{
      JsonObject{{"type", "highlight-output"}, {"config", JsonObject{{"regex", "\\["}, {"fgcolor", "blue"}}}}};
  const auto text = output(run(job));
  EXPECT_EQ(text.substr(0, text.find('\n')), "\x1b\x1b[34m[\x1b[0m31mx\x1b\x1b[34m[\x1b[0m0m");
  save(job_of("inner", {command("echo RUNDECK:DATA:deep=yes")}));
  const auto row =
      run(job_of("outer", {filtered(reference("inner"), "key-value-data", {}), command("echo ${data.deep}")}));
  EXPECT_EQ(output(row), "RUNDECK:DATA:deep=yes\nyes\n") << errors(row);
}

TEST_F(DataTest, ABrokenFilterFailsItsStepByName) {
  const auto row = run(job_of("j", {filtered(command("echo never"), "own-filter", {})}));
  EXPECT_EQ(row.status, "failed");
  EXPECT_EQ(output(row), "");
  EXPECT_NE(errors(row).find("The log filter 'own-filter' is not available"), std::string::npos);
  const auto broken = run(job_of("k", {filtered(command("echo never"), "key-value-data", {{"regex", "no group"}})}));
  EXPECT_NE(errors(broken).find("Pattern must have at least one group"), std::string::npos);
}

TEST(JsonQueryTest, PathsIterationAndPipes) {
  const auto document = parse_json(R"({"a":{"b c":[1,2,{"d":"x"}]},"n":null})");
  const auto run = [&](const char* filter) -> std::string {
    const auto query = JsonQuery::compile(filter);
    if (!query) return "compile: " + query.error().message;
    const auto result = query->run(*document);
    return result ? boost::json::serialize(JsonArray(result->begin(), result->end()))
                  : "run: " + result.error().message;
  };
  EXPECT_EQ(run("."), R"([{"a":{"b c":[1,2,{"d":"x"}]},"n":null}])");
  EXPECT_EQ(run(".a.\"b c\"[0]"), "[1]");
  EXPECT_EQ(run(".a[\"b c\"][-1].d"), R"(["x"])");
  EXPECT_EQ(run(".a.\"b c\"[] | .d?"), R"(["x"])");
  EXPECT_EQ(run(".a.\"b c\" | length"), "[3]");
  EXPECT_EQ(run(". | keys"), R"([["a","n"]])");
  EXPECT_EQ(run(".n.x"), "[null]");
  EXPECT_EQ(run(".a.\"b c\"[0].d").substr(0, 4), "run:");
  EXPECT_EQ(run(".a | map(.x)").substr(0, 8), "compile:");
}

}  // namespace
}  // namespace qd::engine
