#include "base/logging.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <sstream>
#include <unistd.h>

#include "base/json.hpp"
#include "base/log_fields.hpp"
#include "base/work_context.hpp"

namespace qd::base {
namespace {

struct LoggingTest : testing::Test {
  void SetUp() override { init_logging(LogLevel::info, file.string()); }
  void TearDown() override {
    set_log_format(LogFormat::text);
    init_logging(LogLevel::info, "");
    std::filesystem::remove(file);
  }
  std::string written() const {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("qd-logging-test-" + std::to_string(getpid()) + ".log");
};

TEST_F(LoggingTest, TextNamesWhatALineBelongsTo) {
  log_info("part", "alone");
  {
    const WorkScope scope(WorkContext{"r1", 12, {}});
    log_warn("part", "within");
    log_debug("part", "not asked for");
  }
  const auto text = written();
  EXPECT_NE(text.find("Z info  part: alone\n"), std::string::npos) << text;
  EXPECT_NE(text.find("Z warning part: within [request r1 execution 12]\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("not asked for"), std::string::npos);
}

TEST_F(LoggingTest, JsonIsAnObjectALine) {
  set_log_format(LogFormat::json);
  {
    const WorkScope scope(WorkContext{"r1", 12, {"trace", "span"}});
    log_error("part", "a \"quoted\"\nmessage \xff");
  }
  log_fields("request", "GET /x", {{"status", std::int64_t{200}}, {"user", std::string("ann")}});
  std::istringstream lines(written());
  std::string first, second, third;
  std::getline(lines, first);
  std::getline(lines, second);
  EXPECT_FALSE(std::getline(lines, third)) << third;
  const auto error = parse_json(first);
  ASSERT_TRUE(error) << first;
  const auto& object = error->as_object();
  EXPECT_EQ(text_or(object, "level"), "error");
  EXPECT_EQ(text_or(object, "part"), "part");
  EXPECT_EQ(text_or(object, "message"), "a \"quoted\"\nmessage \xEF\xBF\xBD");
  EXPECT_EQ(text_or(object, "request"), "r1");
  EXPECT_EQ(object.at("execution").as_int64(), 12);
  EXPECT_EQ(text_or(object, "trace_id"), "trace");
  EXPECT_TRUE(parse_iso8601(text_or(object, "time"))) << first;
  const auto request = parse_json(second);
  ASSERT_TRUE(request) << second;
  EXPECT_EQ(request->as_object().at("status").as_int64(), 200);
  EXPECT_EQ(text_or(request->as_object(), "user"), "ann");
  EXPECT_FALSE(request->as_object().contains("request"));
}

}  // namespace
}  // namespace qd::base
