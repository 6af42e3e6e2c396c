// Shapes of bodies and answers.
#include "api/reference.hpp"
#include "api/shape.hpp"

namespace qd::api::schema {
namespace {

JsonObject paging() {
  return shape({{"count", whole()}, {"total?", whole()}, {"offset?", whole()}, {"max", whole()}, {"more?", flag()}});
}

JsonObject date() {
  return shape({{"unixtime", whole()}, {"date", time()}});
}

JsonObject link() {
  return shape({{"id", whole()}, {"href", text()}, {"permalink", text()}});
}

void add_projects(std::vector<ShapeNote>& all) {
  all.push_back({"Properties", map_of(text())});
  all.push_back({"Project", shape({{"name", text()},
                                   {"url", text()},
                                   {"description", text()},
                                   {"label?", text()},
                                   {"created?", time()},
                                   {"config?", ref("Properties")}})});
  all.push_back({"NewProject", shape({{"name", text()}, {"description?", text()}, {"config?", ref("Properties")}})});
  all.push_back({"ConfigValue", shape({{"key?", text()}, {"value", text()}})});
  all.push_back({"Contents", shape({{"contents", text()}})});
  all.push_back({"Nodes", map_of(shape({{"nodename", text()}}))});
  all.push_back({"NodeTags", shape({{"tags", list(shape({{"name", text()}, {"nodeCount", whole()}}))}})});
  all.push_back({"NodeSource", shape({{"index", whole()},
                                      {"type", text()},
                                      {"errors?", text()},
                                      {"resources", shape({{"href", text()}, {"writeable", flag()}})}})});
  all.push_back({"Calendar", shape({{"id?", whole()},
                                    {"name", text()},
                                    {"description?", text()},
                                    {"calendarType", text()},
                                    {"level?", text()},
                                    {"project?", or_null(text())},
                                    {"dateType", text()},
                                    {"dateDefinition", list(anything())},
                                    {"enable?", flag()},
                                    {"allReference?", flag()},
                                    {"recurrent?", flag()},
                                    {"objects?", or_null(list(object()))}})});
  all.push_back({"ProjectSchedule", shape({{"id?", whole()},
                                           {"name", text()},
                                           {"description?", text()},
                                           {"project?", text()},
                                           {"type?", text()},
                                           {"crontabString?", text()},
                                           {"schedule?", object()},
                                           {"timeZone?", or_null(text())},
                                           {"retain?", flag()},
                                           {"missedFires?", text()},
                                           {"jobs?", list(shape({{"id", text()}}))}})});
  all.push_back({"ScheduleImport", shape({{"succeeded", list(shape({{"id", whole()}, {"name", text()}}))},
                                          {"failed", list(shape({{"name", text()}, {"error", text()}}))}})});
}

void add_jobs(std::vector<ShapeNote>& all) {
  const auto imported = shape(
      {{"index", whole()}, {"name", text()}, {"group", text()}, {"project", text()}, {"warnings?", list(text())}});
  all.push_back({"BriefJobs", shape({{"groups", list(text())}, {"jobs", list(list(anything()))}})});
  all.push_back({"Job", shape({{"id", text()},
                               {"name", text()},
                               {"group", or_null(text())},
                               {"project", text()},
                               {"description", text()},
                               {"href", text()},
                               {"permalink", text()},
                               {"enabled", flag()},
                               {"scheduled", flag()},
                               {"scheduleEnabled", flag()},
                               {"averageDuration?", whole()},
                               {"nextScheduledExecution?", time()},
                               {"serverNodeUUID?", text()},
                               {"serverOwner?", flag()}})});
  all.push_back(
      {"JobImport", shape({{"succeeded", list(imported)}, {"failed", list(imported)}, {"skipped", list(imported)}})});
  all.push_back({"Level", shape({{"path", text()},
                                 {"items", list(shape({{"job", flag()},
                                                       {"groupPath", or_null(text())},
                                                       {"jobName", or_null(text())},
                                                       {"description", or_null(text())},
                                                       {"id", or_null(text())}}))}})});
  all.push_back({"ScheduleCheck", shape({{"valid", flag()}, {"message?", text()}, {"times", list(time())}})});
  all.push_back({"OptionCheck", shape({{"valid", flag()}, {"messages", object()}})});
  all.push_back({"JobInput", shape({{"options", list(shape({{"name", text()}}))},
                                    {"nodeFilterEditable", flag()},
                                    {"nodesSelectedByDefault", flag()},
                                    {"loglevel", text()}})});
  all.push_back({"Forecast", shape({{"id", text()}, {"name", text()}, {"futureScheduledExecutions?", list(time())}})});
  all.push_back({"Success", shape({{"success", flag()}})});
  all.push_back({"JobIds", shape({{"ids?", list(text())}, {"idlist?", text()}})});
  const auto outcome = list(shape({{"id", text()}, {"message", text()}, {"errorCode?", text()}}));
  all.push_back({"BulkOutcome", shape({{"requestCount", whole()},
                                       {"allsuccessful", flag()},
                                       {"enabled?", flag()},
                                       {"succeeded", outcome},
                                       {"failed", outcome}})});
  all.push_back({"JobRun", shape({{"argString?", text()},
                                  {"options?", object()},
                                  {"loglevel?", text()},
                                  {"asUser?", text()},
                                  {"filter?", text()},
                                  {"runAtTime?", text()},
                                  {"meta?", object()}})});
  all.push_back({"OptionValues", shape({{"option", text()},
                                        {"remote", flag()},
                                        {"dependsOn", list(text())},
                                        {"values", list(shape({{"name", text()}, {"value", text()}}))}})});
  all.push_back({"UploadKeys", shape({{"total", whole()}, {"options", map_of(text())}})});
  all.push_back({"Upload", shape({{"id", text()},
                                  {"user", text()},
                                  {"fileState", text()},
                                  {"sha", text()},
                                  {"jobId", text()},
                                  {"optionName", text()},
                                  {"fileName", or_null(text())},
                                  {"size", whole()},
                                  {"dateCreated", time()},
                                  {"expirationDate", or_null(time())},
                                  {"execId", or_null(whole())}})});
  all.push_back({"Uploads", shape({{"paging", paging()}, {"files", list(ref("Upload"))}})});
  all.push_back({"AdHocCommand", shape({{"exec", text()}, {"filter?", text()}, {"asUser?", text()}})});
  all.push_back({"AdHocScript", shape({{"script", text()}, {"filter?", text()}, {"asUser?", text()}})});
  all.push_back({"AdHocUrl", shape({{"url", text()}, {"filter?", text()}, {"asUser?", text()}})});
  all.push_back({"AdHocRun", shape({{"message", text()}, {"execution", link()}})});
}

void add_executions(std::vector<ShapeNote>& all) {
  all.push_back({"Execution", shape({{"id", whole()},
                                     {"href", text()},
                                     {"permalink", text()},
                                     {"status", text()},
                                     {"customStatus?", text()},
                                     {"project", text()},
                                     {"executionType", text()},
                                     {"user", text()},
                                     {"date-started?", date()},
                                     {"date-ended?", date()},
                                     {"abortedby?", text()},
                                     {"job?", shape({{"id", text()}, {"name", text()}, {"project", text()}})},
                                     {"description", text()},
                                     {"argstring", or_null(text())},
                                     {"serverUUID?", text()},
                                     {"successfulNodes?", list(text())},
                                     {"failedNodes?", list(text())},
                                     {"retryAttempt?", whole()},
                                     {"retriedExecution?", link()}})});
  all.push_back({"Executions", shape({{"paging", paging()}, {"executions", list(ref("Execution"))}})});
  all.push_back(
      {"ExecutionMetrics", shape({{"total", whole()}, {"status", map_of(whole())}, {"duration", map_of(text())}})});
  all.push_back({"ExecutionState", shape({{"executionId", whole()},
                                          {"executionState", text()},
                                          {"completed", flag()},
                                          {"stepCount", whole()},
                                          {"allNodes", list(text())},
                                          {"targetNodes", list(text())},
                                          {"nodes", object()},
                                          {"steps", list(object())}})});
  all.push_back({"Abort", shape({{"abort", shape({{"status", text()}, {"reason?", text()}})},
                                 {"execution", shape({{"id", text()}, {"status", text()}, {"href", text()}})}})});
  all.push_back({"ExecutionRemoval", shape({{"requestCount", whole()},
                                            {"successCount", whole()},
                                            {"failedCount", whole()},
                                            {"allsuccessful", flag()},
                                            {"failures", list(shape({{"id", text()}, {"message", text()}}))}})});
  all.push_back({"ExecutionFiles", shape({{"files", list(ref("Upload"))}})});
  all.push_back({"Notifications", shape({{"notifications", list(shape({{"id", whole()},
                                                                       {"trigger", text()},
                                                                       {"type", text()},
                                                                       {"status", text()},
                                                                       {"attempts", whole()}}))}})});
  const auto line = shape({{"time?", text()},
                           {"absolute_time?", text()},
                           {"log?", text()},
                           {"level?", text()},
                           {"node?", or_null(text())},
                           {"stepctx?", or_null(text())}});
  all.push_back({"Output", shape({{"id", text()},
                                  {"offset", text()},
                                  {"completed", flag()},
                                  {"execCompleted", flag()},
                                  {"execState", text()},
                                  {"execDuration", whole()},
                                  {"lastModified?", text()},
                                  {"totalSize?", whole()},
                                  {"entries", list(one_of({line, text()}))}})});
  all.push_back(
      {"OutputMatches", shape({{"id", text()}, {"offset", text()}, {"completed", flag()}, {"matches", list(line)}})});
  all.push_back(
      {"OutputSearch",
       shape({{"query", text()},
              {"executions", list(shape({{"execution", ref("Execution")}, {"matches", list(line)}, {"more", flag()}}))},
              {"more", flag()},
              {"offset", whole()}})});
  all.push_back({"History", shape({{"paging", paging()},
                                   {"events", list(shape({{"title", text()},
                                                          {"status", text()},
                                                          {"starttime", whole()},
                                                          {"endtime", whole()},
                                                          {"user", text()},
                                                          {"project", text()}}))}})});
}

void add_cluster(std::vector<ShapeNote>& all) {
  all.push_back({"Member", shape({{"uuid", text()},
                                  {"self", flag()},
                                  {"name", text()},
                                  {"host", text()},
                                  {"url", text()},
                                  {"tags", list(text())},
                                  {"version", text()},
                                  {"incarnation", whole()},
                                  {"state", text()},
                                  {"lastBeatAge", whole()},
                                  {"executionMode", text()},
                                  {"schedules", whole()},
                                  {"vitals", object()}})});
  all.push_back({"Members", shape({{"self", text()},
                                   {"clusterMode", flag()},
                                   {"now", time()},
                                   {"members", list(ref("Member"))},
                                   {"orphaned", list(shape({{"uuid", text()}, {"schedules", whole()}}))}})});
  all.push_back(
      {"ClusterEvents",
       shape({{"paging", paging()},
              {"events", list(shape({{"id", whole()}, {"time", time()}, {"kind", text()}, {"message", text()}}))}})});
  all.push_back({"MemberMode", shape({{"status", text()}, {"executionMode", text()}, {"uuid", text()}})});
  all.push_back({"Takeover", shape({{"server?", shape({{"uuid?", text()}, {"all?", flag()}})},
                                    {"project?", text()},
                                    {"job?", shape({{"id", text()}})},
                                    {"jobs?", list(shape({{"id", text()}}))}})});
  all.push_back({"Fires", shape({{"paging", paging()},
                                 {"fires", list(shape({{"due", time()},
                                                       {"state", text()},
                                                       {"reason", text()},
                                                       {"project", text()},
                                                       {"job", shape({{"id", text()}})},
                                                       {"execution", or_null(link())}}))}})});
  all.push_back(
      {"SystemInfo",
       shape({{"system",
               shape({{"timestamp", object()},
                      {"rundeck", shape({{"version", text()}, {"apiversion", whole()}, {"serverUUID", text()}})},
                      {"executions", ref("ExecutionMode")},
                      {"stats", object()}})}})});
  all.push_back({"ExecutionMode", shape({{"executionMode", text()}})});
  all.push_back({"LogStorage", shape({{"enabled", flag()},
                                      {"pluginName", or_null(text())},
                                      {"succeededCount", whole()},
                                      {"failedCount", whole()},
                                      {"queuedCount", whole()},
                                      {"totalCount", whole()},
                                      {"incompleteCount", whole()},
                                      {"missingCount", whole()}})});
  all.push_back({"Metrics", shape({{"version", text()},
                                   {"gauges", map_of(shape({{"value", number()}}))},
                                   {"counters", map_of(shape({{"count", number()}}))},
                                   {"histograms?", object()},
                                   {"meters?", object()},
                                   {"timers?", object()}})});
  all.push_back({"HealthChecks", map_of(shape({{"healthy", flag()}, {"message?", text()}}))});
}

void add_access(std::vector<ShapeNote>& all) {
  all.push_back({"PolicyList", shape({{"path", text()},
                                      {"type", text()},
                                      {"href", text()},
                                      {"resources", list(shape({{"path", text()}, {"name", text()}}))}})});
  all.push_back({"PolicyCheck", shape({{"valid", flag()},
                                       {"policies?", list(shape({{"policy", text()}, {"errors", list(text())}}))}})});
  const auto token = shape({{"id", text()},
                            {"user", text()},
                            {"creator", text()},
                            {"name?", text()},
                            {"expiration", or_null(time())},
                            {"roles", list(text())},
                            {"expired", flag()}});
  all.push_back({"Token", token});
  auto created = token;
  created["properties"].as_object()["token"] = text();
  created["required"].as_array().emplace_back("token");
  all.push_back({"NewTokenAnswer", created});
  all.push_back(
      {"NewToken",
       shape(
           {{"user?", text()}, {"roles", one_of({list(text()), text()})}, {"duration?", text()}, {"name?", text()}})});
  all.push_back(
      {"User", shape({{"login?", text()}, {"firstName?", text()}, {"lastName?", text()}, {"email?", text()}})});
  all.push_back({"Roles", shape({{"roles", list(text())}})});
  all.push_back({"LocalUser", shape({{"login", text()}, {"roles", list(text())}, {"enabled", flag()}})});
  all.push_back({"NewLocalUser", shape({{"login?", text()},
                                        {"password?", text()},
                                        {"roles?", one_of({list(text()), text()})},
                                        {"enabled?", flag()}})});
  const auto key = shape({{"path", text()}, {"type", text()}, {"url", text()}, {"name?", text()}, {"meta?", object()}});
  auto folder = key;
  folder["properties"].as_object()["resources"] = list(key);
  all.push_back({"Key", folder});
  all.push_back({"AuditEvents", shape({{"paging", shape({{"count", whole()}, {"max", whole()}, {"before?", whole()}})},
                                       {"events", list(shape({{"id", whole()},
                                                              {"timestamp", time()},
                                                              {"action", text()},
                                                              {"user", text()},
                                                              {"resourceType", text()}}))}})});
  all.push_back({"Authorizations",
                 shape({{"authorizationContext", shape({{"type", text()}, {"name?", text()}})},
                        {"resource", object()},
                        {"actionAuthorizations", list(shape({{"actionName", text()}, {"isAuthorized", flag()}}))}})});
  all.push_back({"Plugin", shape({{"id", text()},
                                  {"name", text()},
                                  {"service", text()},
                                  {"title", text()},
                                  {"description", text()},
                                  {"builtin", flag()}})});
}

std::vector<ShapeNote> make_shapes() {
  std::vector<ShapeNote> all;
  all.push_back(
      {"Error", shape({{"error", flag()}, {"apiversion", whole()}, {"errorCode", text()}, {"message", text()}})});
  add_projects(all);
  add_jobs(all);
  add_executions(all);
  add_cluster(all);
  add_access(all);
  return all;
}

}  // namespace
}  // namespace qd::api::schema

namespace qd::api {

const std::vector<ShapeNote>& shape_notes() {
  static const std::vector<ShapeNote> kShapes = schema::make_shapes();
  return kShapes;
}

}  // namespace qd::api
