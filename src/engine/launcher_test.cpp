#include "engine/launcher.hpp"

#include "engine/engine_fixture.hpp"

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

}  // namespace
}  // namespace qd::engine
