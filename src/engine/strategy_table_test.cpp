// Every strategy with every error handler and both kinds of keepgoing: what runs, and how it ends.
#include "base/text.hpp"
#include "engine/engine_fixture_testing.hpp"

namespace qd::engine {
namespace {

// Writes down "COMMAND@NODE" and fails when the command names the node: "2 fails on a".
class RecordingExecutor final : public node::NodeExecutor {
 public:
  base::Task<node::NodeResult> execute(const node::ExecContext&, const model::Node& node,
                                       std::string command) override {
    trace += (trace.empty() ? "" : " ") + command.substr(0, command.find(' ')) + node.name;
    const bool fails = command.ends_with(" fails on " + node.name) || command.ends_with(" fails");
    co_return node::result_of_exit(fails ? 3 : 0);
  }
  base::Task<node::NodeResult> execute_script(const node::ExecContext&, const model::Node&, node::ScriptRun) override {
    co_return node::NodeResult::failure(node::reason::configuration, "no scripts here");
  }
  std::string trace;  // read when the execution has ended
};

struct Combination {
  std::string strategy;
  bool keepgoing = false;       // of the workflow
  bool node_keepgoing = false;  // of the dispatch
  bool handler = false, handler_works = false, handler_keepgoing = false;

  std::string name() const {
    const auto yes_no = [](const char* what, bool value) { return std::string(value ? " " : " no ") + what; };
    auto text = strategy + yes_no("keepgoing", keepgoing) + yes_no("node-keepgoing", node_keepgoing);
    if (!handler) return text + " no handler";
    return text + " handler" + (handler_works ? " works" : " fails") + yes_no("keepgoingOnSuccess", handler_keepgoing);
  }
};

std::vector<Combination> all_combinations() {
  std::vector<Combination> all;
  for (const char* strategy : {"node-first", "sequential", "parallel", "ruleset"}) {
    for (int bits = 0; bits < 32; ++bits) {
      const Combination one{strategy,        (bits & 1) != 0, (bits & 2) != 0,
                            (bits & 4) != 0, (bits & 8) != 0, (bits & 16) != 0};
      if (one.handler || (!one.handler_works && !one.handler_keepgoing)) all.push_back(one);
    }
  }
  return all;
}

struct Expected {
  std::string trace, status, failed_nodes;
};

// The rules, told once more: steps 1, 2 and 3 on nodes a and b; step 2 fails on a.
Expected expected_of(const Combination& c) {
  // The handler's outcome counts when the workflow goes on anyway, or when it worked and says so.
  const bool counts = c.handler && (c.keepgoing || (c.handler_works && c.handler_keepgoing));
  const bool step_ok = counts && c.handler_works;
  const bool goes_on = step_ok || c.keepgoing;
  const std::string handled = c.handler ? " ha" : "";
  Expected expected;
  expected.status = step_ok ? "succeeded" : "failed";
  expected.failed_nodes = step_ok ? "" : "a";
  if (c.strategy == "node-first") {
    expected.trace = "1a 2a" + handled + (goes_on ? " 3a" : "");
    if (step_ok || c.node_keepgoing) expected.trace += " 1b 2b 3b";
  } else if (c.strategy == "parallel") {
    // Every step starts with the workflow; the executor ends each command at once, so that they come in order.
    expected.trace = std::string("1a 1b 2a") + (c.node_keepgoing ? " 2b" : "") + handled + " 3a 3b";
  } else {
    expected.trace = std::string("1a 1b 2a") + (c.node_keepgoing ? " 2b" : "") + handled + (goes_on ? " 3a 3b" : "");
  }
  return expected;
}

class StrategyTableTest : public EngineTest {
 protected:
  StrategyTableTest() {
    for (const char* name : {"a", "b"}) {
      model::Node node;
      node.name = name;
      nodes.list.push_back(node);
    }
    other_executor = &recorder;
  }

  static model::Job job_for(const Combination& c) {
    auto failing = command("2 fails on a");
    if (c.handler) {
      auto handler = command(c.handler_works ? "h works" : "h fails");
      handler.keepgoing_on_success = c.handler_keepgoing;
      failing.error_handler = {handler};
    }
    auto job = job_of("j", {command("1"), failing, command("3")});
    job.workflow.strategy = c.strategy;
    job.workflow.keepgoing = c.keepgoing;
    job.workflow.plugin_config["WorkflowStrategy"] = {{"ruleset", {{"rules", "[*] run-in-sequence"}}}};
    job.node_filters.emplace();
    job.node_filters->filter = "a,b";
    job.node_filters->dispatch.keepgoing = c.node_keepgoing;
    return job;
  }

  RecordingExecutor recorder;
};

std::string sorted_words(const std::string& text) {
  auto words = base::split(text, ' ');
  std::ranges::sort(words);
  return base::join(words, " ");
}

TEST_F(StrategyTableTest, EveryCombination) {
  const auto combinations = all_combinations();
  ASSERT_EQ(combinations.size(), 4U * 4U * 5U);
  for (const auto& combination : combinations) {
    recorder.trace.clear();
    const auto row = run(job_for(combination));
    const auto expected = expected_of(combination);
    if (combination.strategy == "parallel") {
      EXPECT_EQ(sorted_words(recorder.trace), sorted_words(expected.trace)) << combination.name();
    } else {
      EXPECT_EQ(recorder.trace, expected.trace) << combination.name();
    }
    EXPECT_EQ(row.status, expected.status) << combination.name();
    EXPECT_EQ(base::join(row.failed_nodes, ","), expected.failed_nodes) << combination.name();
  }
}

}  // namespace
}  // namespace qd::engine
