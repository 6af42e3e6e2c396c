#include "log/hub.hpp"

#include <atomic>
#include <gtest/gtest.h>
#include <optional>
#include <thread>
#include <vector>

namespace qd::log {
namespace {

HubEvent output_of(model::ExecutionId id, std::int64_t size) {
  return {HubEvent::Kind::output, id, size};
}

TEST(LogHub, TellsTheWatchersOfThatExecutionOnly) {
  LogHub hub;
  std::vector<std::int64_t> first;
  int second = 0;
  auto watching = hub.subscribe(1, [&](const HubEvent& event) { first.push_back(event.log_size); });
  const auto other = hub.subscribe(2, [&](const HubEvent&) { ++second; });
  hub.publish(output_of(1, 10));
  hub.publish(output_of(3, 99));
  hub.publish(output_of(1, 20));
  EXPECT_EQ(first, (std::vector<std::int64_t>{10, 20}));
  EXPECT_EQ(second, 0);
  EXPECT_EQ(hub.watchers(), 2u);
  watching = {};
  hub.publish(output_of(1, 30));
  EXPECT_EQ(first.size(), 2u);
  EXPECT_EQ(hub.watchers(), 1u);
}

TEST(LogHub, ACallbackMayEndItsOwnSubscriptionAndPublish) {
  LogHub hub;
  std::optional<LogHub::Subscription> watching;
  int called = 0;
  watching = hub.subscribe(1, [&](const HubEvent&) {
    ++called;
    watching.reset();
    hub.publish(output_of(1, 2));
  });
  hub.publish(output_of(1, 1));
  hub.publish(output_of(1, 3));
  EXPECT_EQ(called, 1);
  EXPECT_EQ(hub.watchers(), 0u);
}

TEST(LogHub, ASubscriptionMayOutliveTheHub) {
  auto hub = std::make_unique<LogHub>();
  auto watching = hub->subscribe(1, [](const HubEvent&) {});
  hub.reset();
  watching = {};
}

TEST(LogHub, EndingWaitsForARunningCallback) {
  LogHub hub;
  std::atomic<bool> stop{false};
  std::thread publisher([&] {
    for (int i = 0; !stop; ++i) hub.publish(output_of(1, i));
  });
  for (int i = 0; i < 500; ++i) {
    auto alive = std::make_unique<std::int64_t>(0);
    auto watching = hub.subscribe(1, [&](const HubEvent& event) { *alive = event.log_size; });
    watching = {};
    alive.reset();
  }
  stop = true;
  publisher.join();
  EXPECT_EQ(hub.watchers(), 0u);
}

}  // namespace
}  // namespace qd::log
