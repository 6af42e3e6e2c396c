#include "model/notification_event.hpp"

#include <gtest/gtest.h>

namespace qd::model {
namespace {

TEST(NotificationEvent, ThresholdsOfTheAverageDuration) {
  const struct {
    const char* text;
    std::optional<UnixMillis> average;
    std::optional<std::int64_t> threshold;
  } table[] = {
      {"", 10'000, 10'000},     {"0", 10'000, 10'000},   {"", std::nullopt, std::nullopt},
      {"20%", 10'000, 12'000},  {"12.5%", 8'000, 9'000}, {"20%", std::nullopt, std::nullopt},
      {"+20s", 10'000, 30'000}, {"+20", 10'000, 30'000}, {"+5", std::nullopt, 5'000},
      {"30s", 10'000, 30'000},  {"5m", 10'000, 300'000}, {"30", std::nullopt, 30'000},
      {"soon", 10'000, {}},     {"%", 10'000, {}},       {"${option.x}", 10'000, {}},
      {"+20%", 10'000, 12'000},
  };
  for (const auto& row : table) {
    const auto threshold = duration_threshold(row.text, row.average);
    EXPECT_EQ(threshold.has_value(), row.threshold.has_value()) << row.text;
    EXPECT_EQ(threshold.value_or(Millis{0}).count(), row.threshold.value_or(0)) << row.text;
  }
}

TEST(NotificationEvent, HowAnEndIsTold) {
  Execution execution;
  const auto told = [&](const char* status) {
    execution.status = status;
    return std::string(trigger_of_end(execution));
  };
  EXPECT_EQ(told("succeeded"), "success");
  for (const char* status : {"failed", "aborted", "timedout", "missed", "incomplete", "custom"}) {
    EXPECT_EQ(told(status), "failure") << status;
  }
  EXPECT_EQ(told("failed-with-retry"), "retryablefailure");
  execution.retried_as = 7;
  EXPECT_EQ(told("incomplete"), "retryablefailure");
}

TEST(NotificationEvent, KnowsWhatAJobTells) {
  Job job;
  EXPECT_FALSE(tells_of(job, trigger::success));
  job.notifications = {{"onsuccess", Notification::Kind::email, "", {}}};
  EXPECT_TRUE(tells_of(job, trigger::success));
  EXPECT_FALSE(tells_of(job, trigger::failure));
}

}  // namespace
}  // namespace qd::model
