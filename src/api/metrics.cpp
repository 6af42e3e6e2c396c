#include "api/metrics.hpp"

#include "base/threads.hpp"
#include "service/observation.hpp"

namespace qd::api {
namespace {

using base::MetricFamily;
using base::MetricSample;

template <class Number>
double as_double(Number value) {
  return static_cast<double>(value);
}

double in_base_seconds(Millis time) {
  return as_double(time.count()) / 1000;
}

MetricFamily gauge(std::string name, std::string help, double value) {
  return {std::move(name), "gauge", std::move(help), {}, {{{}, value}}};
}

MetricFamily counter(std::string name, std::string help, double value) {
  return {std::move(name), "counter", std::move(help), {}, {{{}, value}}};
}

void add_member(std::vector<MetricFamily>& all, const Services& services) {
  const service::ProcessFacts process = service::System::process();
  const auto& member = services.system.member();
  all.push_back({"quarterdeck_info",
                 "gauge",
                 "1; its labels say which member and version this is",
                 {"version", "uuid", "name"},
                 {{{member.version, member.server_uuid, member.node_name}, 1}}});
  all.push_back(gauge("quarterdeck_uptime_seconds", "Seconds since the start",
                      as_double(services.clock.now() - member.started) / 1000));
  all.push_back(gauge("quarterdeck_executions_running", "Executions that this member runs now",
                      as_double(services.system.running_executions())));
  all.push_back(gauge("quarterdeck_executions_active", "1 when this member starts executions, 0 when it is passive",
                      services.system.active() ? 1 : 0));
  all.push_back(gauge("process_resident_memory_bytes", "Resident memory", as_double(process.resident_bytes)));
  all.push_back(gauge("process_threads", "Threads of the process", as_double(process.threads)));
  double cpu = 0;
  for (const auto& thread : base::list_threads()) cpu += thread.cpu_seconds;
  all.push_back(gauge("quarterdeck_threads_cpu_seconds", "Processor time of the threads that live now", cpu));
}

void add_queues_here(std::vector<MetricFamily>& all, const Services& services) {
  const auto pool = services.system.database_pool();
  all.push_back(gauge("quarterdeck_database_connections_open", "Open database connections", as_double(pool.open)));
  all.push_back(gauge("quarterdeck_database_connections_busy", "Database connections in use", as_double(pool.busy)));
  all.push_back(gauge("quarterdeck_database_connections_limit", "Database connections that may be open at once",
                      as_double(pool.limit)));
  all.push_back(
      gauge("quarterdeck_database_waiting", "Callers that wait for a database connection", as_double(pool.waiting)));
  all.push_back(counter("quarterdeck_database_reconnects_total", "Database connections that were lost and made anew",
                        as_double(pool.reconnects)));
  all.push_back(
      gauge("quarterdeck_requests_queued", "Requests that wait for a thread", as_double(services.workers.queued())));
}

void add_http(std::vector<MetricFamily>& all, const Services& services) {
  const http::Server::Stats http = services.http_stats();
  all.push_back(
      gauge("quarterdeck_http_connections_open", "Open client connections", as_double(http.connections_open)));
  all.push_back(counter("quarterdeck_http_connections_total", "Client connections accepted",
                        as_double(http.connections_accepted)));
  all.push_back(counter("quarterdeck_http_connections_refused_total", "Connections refused as there were too many",
                        as_double(http.connections_refused)));
  all.push_back(gauge("quarterdeck_http_streams_open", "Open event streams", as_double(http.streams_open)));
  all.push_back(counter("quarterdeck_http_received_bytes_total", "Bytes received", as_double(http.bytes_in)));
  all.push_back(counter("quarterdeck_http_sent_bytes_total", "Bytes sent", as_double(http.bytes_out)));
}

// One sample for each member: the labels are its uuid and name.
void add_members(std::vector<MetricFamily>& all, const service::ClusterReading& reading) {
  const std::vector<std::string> labels{"uuid", "name"};
  MetricFamily state{"quarterdeck_member_state",
                     "gauge",
                     "1 for the state that a member is in: active, inactive, dead, leaving, stopped",
                     {"uuid", "name", "state"}};
  MetricFamily age{"quarterdeck_member_heartbeat_age_seconds", "gauge", "Age of a member's last heartbeat", labels};
  MetricFamily active{"quarterdeck_member_executions_active", "gauge", "1 when a member starts executions", labels};
  MetricFamily running{"quarterdeck_member_executions_running", "gauge",
                       "Executions that a member runs, as of its last heartbeat", labels};
  for (const auto& view : reading.members.members) {
    const std::vector<std::string> who{view.member.id.uuid, view.member.name};
    for (const auto standing : {cluster::Standing::active, cluster::Standing::inactive, cluster::Standing::dead,
                                cluster::Standing::leaving, cluster::Standing::stopped}) {
      state.samples.push_back({{who[0], who[1], cluster::to_text(standing)}, view.standing == standing ? 1.0 : 0.0});
    }
    age.samples.push_back({who, in_base_seconds(view.age)});
    active.samples.push_back({who, view.member.active ? 1.0 : 0.0});
    running.samples.push_back({who, as_double(view.member.vitals.running)});
  }
  for (auto* family : {&state, &age, &active, &running}) all.push_back(std::move(*family));
}

void add_schedules(std::vector<MetricFamily>& all, const service::ClusterReading& reading) {
  const std::vector<std::string> labels{"uuid"};
  MetricFamily owned{"quarterdeck_schedules_owned", "gauge", "Schedules that a member fires", labels};
  MetricFamily due{"quarterdeck_schedules_due", "gauge", "Schedules whose time has come and that did not fire yet",
                   labels};
  MetricFamily overdue{"quarterdeck_schedules_overdue_seconds", "gauge", "How long ago the earliest of these came due",
                       labels};
  for (const auto& [uuid, schedules] : reading.backlog.schedules) {
    owned.samples.push_back({{uuid}, as_double(schedules.owned)});
    due.samples.push_back({{uuid}, as_double(schedules.due)});
    overdue.samples.push_back({{uuid}, in_base_seconds(schedules.overdue)});
  }
  for (auto* family : {&owned, &due, &overdue}) all.push_back(std::move(*family));
}

void add_pile(std::vector<MetricFamily>& all, const std::string& name, const std::string& what,
              const store::Backlog::Pile& pile) {
  all.push_back(gauge(name, what, as_double(pile.count)));
  all.push_back(gauge(name + "_oldest_seconds", "Age of the oldest of these: " + what, in_base_seconds(pile.oldest)));
}

void add_backlog(std::vector<MetricFamily>& all, const store::Backlog& backlog) {
  all.push_back(
      gauge("quarterdeck_cluster_executions_running", "Executions that run on any member", as_double(backlog.running)));
  all.push_back(gauge("quarterdeck_executions_waiting_for_time", "Executions that are to start at a later time",
                      as_double(backlog.waiting_for_time)));
  add_pile(all, "quarterdeck_executions_forwarded", "Executions that wait for the member that they were given to",
           backlog.queued_for_member);
  add_pile(all, "quarterdeck_executions_queued", "Executions in the queues of jobs and of policy Queue",
           backlog.queued_for_anyone);
  add_pile(all, "quarterdeck_notifications_waiting", "Notifications that are not delivered yet", backlog.notifications);
  add_pile(all, "quarterdeck_messages_waiting", "Messages between members that nobody has read yet", backlog.messages);
  add_pile(all, "quarterdeck_log_storage_queued", "Executions whose logs are not stored yet", backlog.logs);
  all.push_back(gauge("quarterdeck_log_storage_failing", "Of these, executions whose logs could not be stored so far",
                      as_double(backlog.logs_failing)));
}

}  // namespace

std::vector<MetricFamily> all_metrics(Services& services) {
  auto all = base::collect_metrics();
  add_member(all, services);
  add_queues_here(all, services);
  add_http(all, services);
  const auto reading = services.observation.read();
  all.push_back(gauge("quarterdeck_database_up", "1 when the database answers", reading ? 1 : 0));
  if (!reading) return all;
  all.push_back(
      gauge("quarterdeck_database_read_seconds", "What reading these figures of the cluster took", reading->seconds));
  add_members(all, *reading);
  add_schedules(all, *reading);
  add_backlog(all, reading->backlog);
  return all;
}

http::Response prometheus(Services& services) {
  return http::Response::text(200, base::prometheus_text(all_metrics(services)),
                              "text/plain; version=0.0.4; charset=utf-8");
}

}  // namespace qd::api
