#include "model/job.hpp"

#include <gtest/gtest.h>

#include "model/job_rules.hpp"

namespace qd::model {
namespace {

TEST(Job, HasAPath) {
  Job job;
  job.name = "n";
  EXPECT_EQ(job.path(), "n");
  job.group = "a/b";
  EXPECT_EQ(job.path(), "a/b/n");
}

TEST(Schedule, IsAQuartzExpression) {
  Schedule schedule;
  EXPECT_EQ(schedule.expression(), "");
  schedule.parts = Schedule::Parts{};
  EXPECT_EQ(schedule.expression(), "0 0 0 ? * * *");
  schedule.parts->day_of_week = "MON";
  EXPECT_EQ(schedule.expression(), "0 0 0 ? * MON *");
  schedule.parts->day_of_month = "1,15";
  EXPECT_EQ(schedule.expression(), "0 0 0 1,15 * ? *");
  schedule.crontab = "1 2 3 * * ?";
  EXPECT_EQ(schedule.expression(), "1 2 3 * * ?");
}

Step step_of(std::variant<CommandStep, ScriptStep, JobRefStep, PluginStep> action) {
  Step step;
  step.action = std::move(action);
  return step;
}

Job sound_job() {
  Job job;
  job.name = "n";
  job.workflow.steps.push_back(step_of(CommandStep{"id"}));
  return job;
}

TEST(JobRules, AcceptASoundJob) {
  EXPECT_TRUE(validate_job(sound_job()));
}

TEST(JobRules, NameJobAndField) {
  Job job = sound_job();
  job.log_level = "LOUD";
  const auto result = validate_job(job);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::invalid);
  EXPECT_EQ(result.error().message, "job \"n\": 'loglevel' must be DEBUG, VERBOSE, INFO, WARN or ERROR, not \"LOUD\".");
}

TEST(JobRules, CheckDefaultsOfMultipleValues) {
  Job job = sound_job();
  Option option;
  option.name = "o";
  option.enforced = true;
  option.multivalued = true;
  option.values = {"a", "b"};
  option.delimiter = "::";
  option.value = "a::b";
  job.options = {option};
  EXPECT_TRUE(validate_job(job));
  job.options[0].value = "a::c";
  EXPECT_EQ(find_flaw(job)->path, (std::vector<std::string>{"options", "0", "value"}));
}

TEST(JobRules, HiddenOptionsNeedAValue) {
  Job job = sound_job();
  Option option;
  option.name = "o";
  option.hidden = true;
  job.options = {option};
  EXPECT_FALSE(validate_job(job));
  job.options[0].value = "v";
  EXPECT_TRUE(validate_job(job));
  job.options[0].secure = true;
  EXPECT_FALSE(validate_job(job));
  job.options[0].storage_path = "keys/x";
  EXPECT_TRUE(validate_job(job));
}

TEST(JobRules, ScheduledJobsCannotAskForValues) {
  Job job = sound_job();
  Option option;
  option.name = "o";
  option.required = true;
  job.options = {option};
  EXPECT_TRUE(validate_job(job));
  job.schedule = Schedule{"0 0 0 * * ?", {}, {}};
  EXPECT_FALSE(validate_job(job));
  job.options[0].value = "v";
  EXPECT_TRUE(validate_job(job));
}

TEST(JobRules, NodeStepsNeedHandlersOnNodes) {
  Job job = sound_job();
  job.workflow.steps[0].error_handler.push_back(step_of(PluginStep{"p", false, {}}));
  EXPECT_FALSE(validate_job(job));
  job.workflow.strategy = "sequential";
  EXPECT_TRUE(validate_job(job));
}

}  // namespace
}  // namespace qd::model
