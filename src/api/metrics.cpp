#include "api/metrics.hpp"

#include <cmath>
#include <cstdio>

namespace qd::api {
namespace {

struct Metric {
  const char* name;
  const char* type;  // "counter" or "gauge"
  const char* help;
  double value;
};

std::vector<Metric> collect(Services& services) {
  const service::ProcessFacts process = service::System::process();
  const auto pool = services.system.database_pool();
  const http::Server::Stats http = services.http_stats();
  const auto number = [](auto value) { return static_cast<double>(value); };
  return {
      {"quarterdeck_executions_running", "gauge", "Executions that this member runs now",
       number(services.system.running_executions())},
      {"quarterdeck_executions_active", "gauge", "1 when this member starts executions, 0 when it is passive",
       services.system.active() ? 1.0 : 0.0},
      {"quarterdeck_uptime_seconds", "gauge", "Seconds since the start",
       number(services.clock.now() - services.system.member().started) / 1000},
      {"quarterdeck_database_connections_open", "gauge", "Open database connections", number(pool.open)},
      {"quarterdeck_database_connections_busy", "gauge", "Database connections in use", number(pool.busy)},
      {"quarterdeck_database_waiting", "gauge", "Callers that wait for a database connection", number(pool.waiting)},
      {"quarterdeck_database_reconnects_total", "counter", "Database connections that were lost and made anew",
       number(pool.reconnects)},
      {"quarterdeck_http_requests_total", "counter", "Requests answered", number(http.requests)},
      {"quarterdeck_http_connections_open", "gauge", "Open client connections", number(http.connections_open)},
      {"quarterdeck_http_connections_refused_total", "counter", "Connections refused because there were too many",
       number(http.connections_refused)},
      {"quarterdeck_http_streams_open", "gauge", "Open event streams", number(http.streams_open)},
      {"quarterdeck_http_received_bytes_total", "counter", "Bytes received", number(http.bytes_in)},
      {"quarterdeck_http_sent_bytes_total", "counter", "Bytes sent", number(http.bytes_out)},
      {"process_resident_memory_bytes", "gauge", "Resident memory", number(process.resident_bytes)},
      {"process_threads", "gauge", "Threads of the process", number(process.threads)},
  };
}

std::string shown(double value) {
  char text[64];
  const bool whole = std::floor(value) == value && std::fabs(value) < 1e15;
  std::snprintf(text, sizeof text, whole ? "%.0f" : "%.3f", value);
  return text;
}

}  // namespace

http::Response prometheus(Services& services) {
  std::string text;
  for (const Metric& metric : collect(services)) {
    const std::string name = metric.name;
    text += "# HELP " + name + " " + metric.help + "\n# TYPE " + name + " " + metric.type + "\n" + name + " " +
            shown(metric.value) + "\n";
  }
  return http::Response::text(200, std::move(text), "text/plain; version=0.0.4; charset=utf-8");
}

JsonObject metrics_json(Services& services) {
  JsonObject counters, gauges;
  for (const Metric& metric : collect(services)) {
    if (std::string_view(metric.type) == "counter")
      counters[metric.name] = JsonObject{{"count", metric.value}};
    else
      gauges[metric.name] = JsonObject{{"value", metric.value}};
  }
  return {{"version", "4.0.0"}, {"gauges", std::move(gauges)}, {"counters", std::move(counters)}};
}

}  // namespace qd::api
