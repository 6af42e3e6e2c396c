#include "codec/execution_document.hpp"

#include <gmock/gmock.h>

namespace qd::codec {
namespace {

using ::testing::HasSubstr;

model::Execution ended() {
  model::Execution execution;
  execution.id = 12;
  execution.project = "p q";
  execution.job_uuid = "r2d2";
  execution.job_name = "a & b";
  execution.status = "failed-with-retry";
  execution.user = "ann";
  execution.options = {{"o", "<v>"}};
  execution.started = 1'000;
  execution.ended = 2'000;
  execution.failed_nodes = {"web1"};
  execution.retried_as = 13;
  return execution;
}

const ExecutionFacts facts{"http://h", "http://h/api/59", "what it does", 1'500, "running"};

TEST(ExecutionDocument, IsJson) {
  const auto document = execution_document(ended(), facts);
  EXPECT_EQ(document.at("permalink"), "http://h/project/p%20q/execution/show/12");
  EXPECT_EQ(document.at("job").at("options").at("o"), "<v>");
  EXPECT_EQ(document.at("job").at("averageDuration"), 1'500);
  EXPECT_EQ(document.at("retriedExecution").at("status"), "running");
  EXPECT_TRUE(document.at("argstring").is_null());
}

TEST(ExecutionDocument, IsXml) {
  const auto text = write_xml(execution_element(ended(), facts));
  EXPECT_THAT(text, HasSubstr("<execution id='12' href='http://h/api/59/execution/12' "));
  EXPECT_THAT(text, HasSubstr("<date-ended unixtime='2000'>1970-01-01T00:00:02Z</date-ended>"));
  EXPECT_THAT(text, HasSubstr("<name>a &amp; b</name>"));
  EXPECT_THAT(text, HasSubstr("<option name='o' value='&lt;v&gt;' />"));
  EXPECT_THAT(text, HasSubstr("<node name='web1' />"));
}

TEST(ExecutionDocument, NamesCustomStatuses) {
  auto execution = ended();
  execution.status = "half done";
  EXPECT_EQ(execution_document(execution, facts).at("status"), "other");
  EXPECT_EQ(execution_document(execution, facts).at("customStatus"), "half done");
  EXPECT_EQ(status_text(execution), "other");
}

}  // namespace
}  // namespace qd::codec
