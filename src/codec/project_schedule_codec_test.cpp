#include "codec/project_schedule_codec.hpp"

#include <gmock/gmock.h>

namespace qd::codec {
namespace {

using ::testing::HasSubstr;

model::ProjectSchedule sample_schedule(bool simple) {
  model::ProjectSchedule schedule;
  schedule.id = 7;
  schedule.project = "ops";
  schedule.name = "Noon: \"refresh\"";
  schedule.description = "line\nand line";
  schedule.time_zone = "Europe/Berlin";
  if (simple) {
    schedule.schedule.parts.emplace();
    schedule.schedule.parts->hour = "08";
    schedule.schedule.parts->minute = "00";
    schedule.schedule.parts->month = "JAN,APR";
    schedule.schedule.parts->day_of_week = "*";
  } else {
    schedule.schedule.crontab = "0 */5 * ? * * *";
    schedule.retain = true;
    schedule.missed_policy = "all";
  }
  return schedule;
}

std::string refusal_of(std::string_view text) {
  const auto decoded = decode_project_schedules(text);
  if (!decoded) return decoded.error().message;
  EXPECT_EQ(decoded->size(), 1u);
  return decoded->front().schedule ? "" : decoded->front().schedule.error().message;
}

TEST(ProjectScheduleCodec, WhatIsWrittenIsReadBack) {
  for (const bool simple : {false, true}) {
    auto schedule = sample_schedule(simple);
    const auto decoded = decode_project_schedules(encode_project_schedules({schedule, schedule}));
    ASSERT_TRUE(decoded) << decoded.error().message;
    ASSERT_EQ(decoded->size(), 2u);
    schedule.id = 0;  // where it is imported decides these
    schedule.project.clear();
    for (const auto& entry : *decoded) {
      ASSERT_TRUE(entry.schedule) << entry.schedule.error().message;
      EXPECT_EQ(*entry.schedule, schedule);
    }
  }
}

TEST(ProjectScheduleCodec, ReadsOneScheduleAloneAndJson) {
  const auto decoded = decode_project_schedules(R"({"name": "a", "crontabString": "0 0 5 * * ?", "id": 99})");
  ASSERT_TRUE(decoded);
  ASSERT_EQ(decoded->size(), 1u);
  ASSERT_TRUE(decoded->front().schedule);
  EXPECT_EQ(decoded->front().schedule->schedule.crontab, "0 0 5 * * ?");
  EXPECT_EQ(decoded->front().schedule->id, 0);
}

TEST(ProjectScheduleCodec, SimpleSchedulesHaveDefaults) {
  const auto decoded = decode_project_schedules("- {name: a, type: SIMPLE, schedule: {hour: 12, minute: '05'}}");
  ASSERT_TRUE(decoded);
  ASSERT_TRUE(decoded->front().schedule);
  EXPECT_EQ(decoded->front().schedule->schedule.expression(), "0 05 12 ? * * *");
}

TEST(ProjectScheduleCodec, ErrorsNameTheScheduleAndTheField) {
  EXPECT_THAT(refusal_of("text"), HasSubstr("list of schedules"));
  EXPECT_THAT(refusal_of("- 5"), HasSubstr("map"));
  EXPECT_THAT(refusal_of("- type: CRON"), HasSubstr("'name'"));
  EXPECT_THAT(refusal_of("- {name: a, type: CRON}"), HasSubstr("schedule \"a\": type CRON needs 'crontabString'"));
  EXPECT_THAT(refusal_of("- {name: a, type: DAILY}"), HasSubstr("\"DAILY\""));
  EXPECT_THAT(refusal_of("- {name: a, type: SIMPLE, schedule: {hour: 5}}"), HasSubstr("'schedule.minute'"));
  EXPECT_THAT(refusal_of("- {name: a, crontabString: x, missedFires: often}"), HasSubstr("'missedFires'"));
}

}  // namespace
}  // namespace qd::codec
