#include "base/metrics.hpp"

#include <gtest/gtest.h>

namespace qd::base {
namespace {

std::string exposed(const std::string& name) {
  std::string text;
  for (const auto& family : collect_metrics()) {
    if (family.name == name) text += prometheus_text({family});
  }
  return text;
}

TEST(Metrics, CountersAppearWithTheirLabels) {
  const CounterFamily family{"test_things_total", "Things", "kind", {"known"}};
  EXPECT_EQ(exposed("test_things_total"),
            "# HELP test_things_total Things\n# TYPE test_things_total counter\ntest_things_total{kind=\"known\"} 0\n");
  family.with("o\"dd\\").add();
  family.with("o\"dd\\").add(1.5);
  EXPECT_NE(exposed("test_things_total").find("test_things_total{kind=\"o\\\"dd\\\\\"} 2.5\n"), std::string::npos);
}

TEST(Metrics, FamiliesWithoutLabelsBeginAtZero) {
  const CounterFamily family{"test_plain_total", "Plain"};
  EXPECT_NE(exposed("test_plain_total").find("\ntest_plain_total 0\n"), std::string::npos);
  family.add(3);
  EXPECT_NE(exposed("test_plain_total").find("\ntest_plain_total 3\n"), std::string::npos);
}

TEST(Metrics, HistogramsCountUpToTheirBounds) {
  const HistogramFamily family{"test_seconds", "Time", {0.1, 1}, "route,method"};
  for (const double value : {0.05, 0.1, 0.5, 7.0}) family.with(std::vector<std::string>{"jobs", "GET"}).observe(value);
  EXPECT_EQ(exposed("test_seconds"),
            "# HELP test_seconds Time\n# TYPE test_seconds histogram\n"
            "test_seconds_bucket{route=\"jobs\",method=\"GET\",le=\"0.1\"} 2\n"
            "test_seconds_bucket{route=\"jobs\",method=\"GET\",le=\"1\"} 3\n"
            "test_seconds_bucket{route=\"jobs\",method=\"GET\",le=\"+Inf\"} 4\n"
            "test_seconds_sum{route=\"jobs\",method=\"GET\"} 7.65\n"
            "test_seconds_count{route=\"jobs\",method=\"GET\"} 4\n");
}

TEST(Metrics, AFamilyThatIsGoneIsNotExposed) {
  { const CounterFamily family{"test_gone_total", "Gone"}; }
  EXPECT_EQ(exposed("test_gone_total"), "");
}

}  // namespace
}  // namespace qd::base
