// The member: info, execution mode, metrics, health, the description of its API.
#include "api/answers.hpp"
#include "api/links.hpp"
#include "api/metrics.hpp"
#include "api/openapi.hpp"
#include "api/route.hpp"
#include "base/threads.hpp"
#include "service/errors.hpp"

namespace qd::api {
namespace {

JsonObject time_json(UnixMillis time) {
  return {{"epoch", time}, {"unit", "ms"}, {"datetime", iso8601(time)}};
}

const char* mode_name(const Services& services) {
  return services.system.active() ? "active" : "passive";
}

JsonObject mode_json(const Services& services) {
  return {{"executionMode", mode_name(services)}};
}

JsonObject stats_json(const Services& services, const service::ProcessFacts& process) {
  const service::MemberFacts& member = services.system.member();
  const UnixMillis now = services.clock.now();
  return {
      {"uptime", JsonObject{{"duration", now - member.started}, {"unit", "ms"}, {"since", time_json(member.started)}}},
      {"cpu", JsonObject{{"loadAverage", JsonObject{{"unit", "percent"}, {"average", process.load_average}}},
                         {"processors", process.processors}}},
      {"memory", JsonObject{{"unit", "byte"},
                            {"max", process.memory_total_bytes},
                            {"free", process.memory_free_bytes},
                            {"total", process.resident_bytes}}},
      {"scheduler", JsonObject{{"running", services.system.running_executions()}, {"threadPoolSize", process.threads}}},
      {"threads", JsonObject{{"active", process.threads}}}};
}

http::Response info(Call& call) {
  const Services& services = call.services;
  const service::MemberFacts& member = services.system.member();
  const service::ProcessFacts process = service::System::process();
  const auto link = [&](const char* path, const char* type) {
    return JsonObject{{"href", api_url(services, path)}, {"contentType", type}};
  };
  return json_answer(JsonObject{
      {"system",
       JsonObject{
           {"timestamp", time_json(services.clock.now())},
           {"rundeck", JsonObject{{"version", member.version},
                                  {"build", member.version},
                                  {"buildGit", ""},
                                  {"node", member.node_name},
                                  {"base", member.base_dir},
                                  {"apiversion", kCurrentVersion},
                                  {"serverUUID", member.server_uuid}}},
           {"executions", JsonObject{{"active", services.system.active()}, {"executionMode", mode_name(services)}}},
           {"os", JsonObject{{"arch", process.os_arch}, {"name", process.os_name}, {"version", process.os_version}}},
           {"jvm", JsonObject{{"name", "none"},
                              {"vendor", "Quarterdeck"},
                              {"version", member.version},
                              {"implementationVersion", member.version}}},
           {"stats", stats_json(services, process)},
           {"metrics", link("/metrics/metrics?pretty=true", "application/json")},
           {"threadDump", link("/metrics/threads", "text/plain")},
           {"healthcheck", link("/metrics/healthcheck", "application/json")},
           {"ping", link("/metrics/ping", "text/plain")}}}});
}

http::Response mode_status(Call& call) {
  JsonObject mode = mode_json(call.services);
  if (const auto later = call.services.later.waiting()) {
    mode["later"] = JsonObject{
        {"executionMode", later->enable ? "active" : "passive"}, {"at", iso8601(later->due)}, {"by", later->by}};
  }
  const bool passive_is_error = call.version < 36 || call.truth("passiveAs503");
  const bool as_error = passive_is_error && !call.services.system.active();
  return json_answer(mode, as_error ? 503 : 200);
}

http::Response set_mode(Call& call, bool active) {
  const std::string uuid = call.services.cluster.own_uuid();
  const auto done = call.services.cluster.set_mode(call.who, uuid, active);
  if (done) call.services.later.forget(uuid);
  return answer(done, [&](auto) { return json_answer(mode_json(call.services)); });
}

http::Response enable_executions(Call& call) {
  return set_mode(call, true);
}
http::Response disable_executions(Call& call) {
  return set_mode(call, false);
}

// Is this one of the metrics' endpoints switched on?
bool offers(const Services& services, std::string_view name) {
  const auto& endpoints = services.observe.endpoints;
  if (!services.observe.api) return false;
  return name == "metrics"   ? endpoints.metrics
         : name == "ping"    ? endpoints.ping
         : name == "threads" ? endpoints.threads
                             : endpoints.healthcheck;
}

http::Response not_offered(const Call& call) {
  return error_answer(404, "api.error.invalid.request", "Invalid API Request: " + call.request.path);
}

http::Response list_metrics(Call& call) {
  if (!call.services.observe.api) return not_offered(call);
  JsonObject links;
  for (const char* name : {"metrics", "ping", "threads", "healthcheck"}) {
    if (!offers(call.services, name)) continue;
    links[name] = JsonObject{{"href", api_url(call.services, std::string("/metrics/") + name)}};
  }
  return json_answer(JsonObject{{"_links", std::move(links)}});
}

http::Response metrics(Call& call) {
  if (!offers(call.services, "metrics")) return not_offered(call);
  if (call.query("format") == "prometheus" || call.accepts("text/plain")) return prometheus(call.services);
  return json_answer(metrics_json(call.services));
}

http::Response ping(Call& call) {
  return offers(call.services, "ping") ? text_answer("pong\n") : not_offered(call);
}

http::Response threads(Call& call) {
  if (!offers(call.services, "threads")) return not_offered(call);
  std::string text;
  for (const base::ThreadFacts& thread : base::list_threads()) {
    char cpu[32];
    std::snprintf(cpu, sizeof cpu, "%.2f", thread.cpu_seconds);
    text += thread.name + " id=" + std::to_string(thread.id) + " state=" + thread.state + " cpu=" + cpu + "s\n";
  }
  return text_answer(text);
}

// Fires that are due and that this member should have claimed long ago say that its scheduler does not get on.
JsonObject scheduler_health(Call& call) {
  constexpr Millis kTooLate{60'000};
  const auto reading = call.services.observation.read();
  if (!reading) return {{"healthy", false}, {"message", "The database cannot be reached."}};
  const auto own = reading->backlog.schedules.find(call.services.system.member().server_uuid);
  const Millis late = own == reading->backlog.schedules.end() ? Millis{0} : own->second.overdue;
  if (late <= kTooLate) return {{"healthy", true}};
  return {{"healthy", false},
          {"message", "A schedule of this member is due since " + std::to_string(late.count() / 1000) + " s."}};
}

http::Response health(Call& call) {
  if (!offers(call.services, "healthcheck")) return not_offered(call);
  const auto database = call.services.system.check_database();
  JsonObject connection{{"healthy", database.has_value()},
                        {"message", database ? "The database answers." : database.error().message}};
  JsonObject scheduler = scheduler_health(call);
  const bool well = database && scheduler.at("healthy").as_bool();
  return json_answer(JsonObject{{"dataSource.connection.time", std::move(connection)},
                                {"quartz.scheduler.threadPool", std::move(scheduler)}},
                     well ? 200 : 500);
}

Json text_or_null(const std::optional<std::string>& text) {
  return text ? Json(*text) : Json(nullptr);
}

http::Response effective_config(Call& call) {
  JsonArray keys;
  for (const service::ConfigEntry& entry : call.services.system.config()) {
    keys.push_back(JsonObject{{"key", entry.key},
                              {"value", text_or_null(entry.value)},
                              {"default", text_or_null(entry.standard)},
                              {"source", entry.source},
                              {"kind", entry.kind},
                              {"meaning", entry.meaning}});
  }
  return json_answer(JsonObject{{"keys", std::move(keys)}});
}

http::Response openapi_of_version(Call& call) {
  return json_answer(
      openapi_document(all_routes(), {call.version, call.services.system.member().version, call.services.server_url}));
}

}  // namespace

const std::vector<Route>& system_routes() {
  static const std::vector<Route> kRoutes{
      {"GET", "system/info", 14, {"system", "read"}, info},
      {"GET", "system/config", 14, {"system", "admin"}, effective_config},
      {"GET", "system/executions/status", 32, {"system", "read"}, mode_status},
      {"POST", "system/executions/enable", 14, {"system", "enable_executions"}, enable_executions},
      {"POST", "system/executions/disable", 14, {"system", "disable_executions"}, disable_executions},
      {"GET", "metrics", 25, {"system", "read"}, list_metrics},
      {"GET", "metrics/metrics", 25, {"system", "read"}, metrics},
      {"GET", "metrics/ping", 25, {"system", "read"}, ping},
      {"GET", "metrics/threads", 25, {"system", "read"}, threads},
      {"GET", "metrics/healthcheck", 25, {"system", "read"}, health},
      {"GET", "openapi.json", 14, kLogin, openapi_of_version},
  };
  return kRoutes;
}

}  // namespace qd::api
