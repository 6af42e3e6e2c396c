// Metrics in the form of Dropwizard's, with those names of the peer's that mean the same here.
#include "api/metrics.hpp"

namespace qd::api {
namespace {

using base::Histogram;
using base::MetricFamily;

struct Sums {
  double value = 0;
  Histogram::Reading histogram;
};

Sums sums_of(const MetricFamily& family) {
  Sums sums;
  for (const auto& sample : family.samples) {
    sums.value += sample.value;
    const auto& one = sample.histogram;
    if (sums.histogram.counts.empty()) {
      sums.histogram = one;
      continue;
    }
    for (std::size_t i = 0; i < one.counts.size(); ++i) sums.histogram.counts[i] += one.counts[i];
    sums.histogram.sum += one.sum;
  }
  return sums;
}

// The bound below which so large a part of the observations lies.
double quantile(const Histogram::Reading& reading, double part) {
  if (reading.counts.empty() || reading.counts.back() == 0) return 0;
  const double wanted = part * static_cast<double>(reading.counts.back());
  for (std::size_t i = 0; i < reading.bounds.size(); ++i) {
    if (static_cast<double>(reading.counts[i]) >= wanted) return reading.bounds[i];
  }
  return reading.bounds.back();
}

JsonObject timer_json(const Histogram::Reading& reading, double uptime) {
  const auto count = reading.counts.empty() ? 0 : reading.counts.back();
  return {{"count", count},
          {"mean", count == 0 ? 0.0 : reading.sum / static_cast<double>(count)},
          {"max", quantile(reading, 1)},
          {"p50", quantile(reading, 0.5)},
          {"p75", quantile(reading, 0.75)},
          {"p95", quantile(reading, 0.95)},
          {"p98", quantile(reading, 0.98)},
          {"p99", quantile(reading, 0.99)},
          {"p999", quantile(reading, 0.999)},
          {"mean_rate", uptime > 0 ? static_cast<double>(count) / uptime : 0.0},
          {"duration_units", "seconds"},
          {"rate_units", "calls/second"}};
}

JsonObject meter_json(double count, double uptime) {
  return {{"count", count}, {"mean_rate", uptime > 0 ? count / uptime : 0.0}, {"units", "events/second"}};
}

double of_label(const MetricFamily& family, std::size_t label, std::string_view value) {
  double sum = 0;
  for (const auto& sample : family.samples) {
    if (sample.labels.at(label) == value) sum += sample.value;
  }
  return sum;
}

}  // namespace

JsonObject metrics_json(Services& services) {
  const auto families = all_metrics(services);
  const double uptime = static_cast<double>(services.clock.now() - services.system.member().started) / 1000;
  JsonObject gauges, counters, timers, meters;
  for (const MetricFamily& family : families) {
    const auto sums = sums_of(family);
    if (family.type == "counter") counters[family.name] = JsonObject{{"count", sums.value}};
    if (family.type == "gauge") gauges[family.name] = JsonObject{{"value", sums.value}};
    if (family.type == "histogram") timers[family.name] = timer_json(sums.histogram, uptime);
    if (family.name == "quarterdeck_http_request_duration_seconds")
      timers["rundeck.api.requests.requestTimer"] = timer_json(sums.histogram, uptime);
    if (family.name == "quarterdeck_execution_duration_seconds")
      timers["rundeck.quartzjobs.ExecutionJob.executionTimer"] = timer_json(sums.histogram, uptime);
    if (family.name == "quarterdeck_executions_started_total")
      meters["rundeck.services.ExecutionService.executionStartMeter"] = meter_json(sums.value, uptime);
    if (family.name == "quarterdeck_executions_ended_total")
      meters["rundeck.services.ExecutionService.executionSuccessMeter"] =
          meter_json(of_label(family, 0, "succeeded"), uptime);
    if (family.name == "quarterdeck_executions_running")
      gauges["rundeck.scheduler.quartz.runningExecutions"] = JsonObject{{"value", sums.value}};
    if (family.name == "quarterdeck_database_read_seconds")
      gauges["dataSource.connection.pingTime"] = JsonObject{{"value", static_cast<std::int64_t>(sums.value * 1000)}};
    if (family.name == "quarterdeck_schedules_owned")
      counters["rundeck.scheduler.quartz.scheduledJobs"] =
          JsonObject{{"count", of_label(family, 0, services.system.member().server_uuid)}};
  }
  return {{"version", "4.0.0"},         {"gauges", std::move(gauges)}, {"counters", std::move(counters)},
          {"histograms", JsonObject()}, {"meters", std::move(meters)}, {"timers", std::move(timers)}};
}

}  // namespace qd::api
