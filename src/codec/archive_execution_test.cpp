#include "codec/archive_execution.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace qd::codec {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
namespace status = model::status;
constexpr UnixMillis kNow = 1'700'000'000'000;

model::Execution an_execution() {
  model::Execution one;
  one.id = 12;
  one.uuid = "u";
  one.project = "p";
  one.type = "adhoc";
  one.user = "ann";
  one.status = status::succeeded;
  one.arg_string = "-a 'b c' -d <&>";
  one.log_level = "DEBUG";
  one.succeeded_nodes = {"web1", "web2"};
  one.started = kNow - 60'000;
  one.ended = kNow - 30'000;
  model::Job job;
  model::Step step;
  step.action = model::CommandStep{"echo \"hi\" && true\nnext"};
  job.workflow.steps.push_back(step);
  one.ad_hoc = job;
  return one;
}

ArchivedExecution round_trip(const model::Execution& execution) {
  auto found = decode_archived_executions(encode_archived_execution(execution, nullptr, "output-12.rdlog"), kNow);
  EXPECT_TRUE(found) << (found ? "" : found.error().message);
  return found ? found->front() : ArchivedExecution{};
}

TEST(ArchivedExecution, ComesBackAsItWas) {
  const auto given = an_execution();
  const auto found = round_trip(given);
  EXPECT_EQ(found.id, 12);
  EXPECT_EQ(found.log, "output-12.rdlog");
  EXPECT_FALSE(found.was_running);
  const auto& one = found.execution;
  EXPECT_EQ(one.status, given.status);
  EXPECT_EQ(one.user, given.user);
  EXPECT_EQ(one.arg_string, given.arg_string);
  EXPECT_EQ(one.log_level, given.log_level);
  EXPECT_EQ(one.type, given.type);
  EXPECT_EQ(one.started, given.started);
  EXPECT_EQ(one.ended, given.ended);
  EXPECT_THAT(one.succeeded_nodes, ElementsAre("web1", "web2"));
  ASSERT_TRUE(one.ad_hoc);
  EXPECT_EQ(one.ad_hoc->workflow, given.ad_hoc->workflow);
}

TEST(ArchivedExecution, KeepsEveryOutcome) {
  for (const char* text : {status::succeeded, status::failed, status::aborted, status::timed_out,
                           status::failed_with_retry, status::missed, status::incomplete, "on fire"}) {
    auto one = an_execution();
    one.status = text;
    EXPECT_EQ(round_trip(one).execution.status, text);
  }
}

TEST(ArchivedExecution, ThatHadNotEndedIsAborted) {
  for (const char* text : {status::running, status::queued, status::scheduled}) {
    auto one = an_execution();
    one.status = text;
    one.ended.reset();
    const auto found = round_trip(one);
    EXPECT_TRUE(found.was_running);
    EXPECT_EQ(found.execution.status, status::aborted);
    EXPECT_EQ(found.execution.aborted_by, "system");
    EXPECT_EQ(found.execution.ended, kNow);
  }
}

TEST(ArchivedExecution, KeepsItsRetriesByTheOldIds) {
  auto one = an_execution();
  one.retry_attempt = 2;
  one.original = 9;
  one.retry_of = 10;
  one.retried_as = 14;
  const auto found = round_trip(one).execution;
  EXPECT_EQ(found.retry_attempt, 2);
  EXPECT_EQ(found.original, 9);
  EXPECT_EQ(found.retry_of, 10);
  EXPECT_EQ(found.retried_as, 14);
}

TEST(ArchivedExecution, OfAJobNamesIt) {
  auto one = an_execution();
  model::Job job = *one.ad_hoc;
  job.uuid = one.job_uuid = "j-1";
  job.name = "deploy";
  job.group = "web/eu";
  one.ad_hoc.reset();
  const auto found = decode_archived_executions(encode_archived_execution(one, &job, ""), kNow);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->front().execution.job_uuid, "j-1");
  EXPECT_EQ(found->front().execution.job_name, "deploy");
  EXPECT_EQ(found->front().execution.job_group, "web/eu");
  EXPECT_EQ(found->front().log, "");
  const auto gone = decode_archived_executions(encode_archived_execution(one, nullptr, ""), kNow);
  ASSERT_TRUE(gone) << gone.error().message;
}

TEST(ArchivedExecution, IsRefusedWithAReason) {
  const auto refused = [](const std::string& text) {
    const auto found = decode_archived_executions(text, kNow);
    return found ? std::string() : found.error().message;
  };
  EXPECT_THAT(refused("<executions>"), HasSubstr("XML is broken"));
  EXPECT_THAT(refused("<executions/>"), HasSubstr("no <execution>"));
  EXPECT_THAT(refused("<other/>"), HasSubstr("root element must be <executions>"));
  EXPECT_THAT(refused("<!DOCTYPE x><executions/>"), HasSubstr("document type"));
  EXPECT_THAT(refused("<executions><execution id='1'><dateStarted>soon</dateStarted></execution></executions>"),
              HasSubstr("dateStarted \"soon\" is no date"));
}

TEST(ArchivedReport, NamesTheJob) {
  auto one = an_execution();
  one.job_uuid = "j-1";
  one.job_name = "deploy";
  one.job_group = "web";
  const auto report = decode_archived_report(encode_archived_report(one));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->execution, 12);
  EXPECT_EQ(report->job_path, "web/deploy");
  EXPECT_EQ(decode_archived_report(encode_archived_report(an_execution()))->job_path, "");
}

}  // namespace
}  // namespace qd::codec
