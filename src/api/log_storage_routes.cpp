// The log store: how much is stored, what is still to be stored, and trying that now.
#include "api/answers.hpp"
#include "api/links.hpp"
#include "api/route.hpp"
#include "base/text.hpp"

namespace qd::api {
namespace {

constexpr std::size_t kMostListed = 1'000;

http::Response log_storage(Call& call) {
  const auto facts = call.services.log_storage.facts();
  const auto& counts = facts.counts;
  const bool enabled = !facts.provider.empty();
  return json_answer(JsonObject{{"enabled", enabled},
                                {"pluginName", enabled ? Json(facts.provider) : Json(nullptr)},
                                {"succeededCount", counts.stored},
                                {"failedCount", counts.failing},
                                {"queuedCount", counts.queued},
                                {"queuedRequestCount", counts.queued - counts.waiting},
                                {"queuedRetriesCount", counts.waiting},
                                {"queuedIncompleteCount", counts.failing},
                                {"totalCount", counts.stored + counts.queued},
                                {"incompleteCount", counts.queued},
                                {"missingCount", facts.missing},
                                {"retriesCount", counts.waiting}});
}

JsonObject incomplete_json(const Services& services, const service::IncompleteLog& log, std::int64_t retry_count) {
  const auto& row = log.row;
  const auto id = std::to_string(row.execution);
  JsonArray errors;
  if (!row.problem.empty()) errors.emplace_back(row.problem);
  return {{"id", row.execution},
          {"project", row.project},
          {"href", api_url(services, "/execution/" + id)},
          {"permalink", services.server_url + "/project/" + row.project + "/execution/show/" + id},
          {"storage", JsonObject{{"localFilesPresent", log.files_here},
                                 {"incompleteFiletypes", row.types},
                                 {"queued", true},
                                 {"failed", row.attempts >= std::max<std::int64_t>(retry_count, 1)},
                                 {"date", iso8601(row.created)},
                                 {"attempts", row.attempts},
                                 {"nextAttempt", iso8601(row.due)},
                                 {"serverUUID", row.server_uuid}}},
          {"errors", std::move(errors)}};
}

http::Response incomplete(Call& call) {
  const auto max = call.number("max", 20);
  if (!max) return error_answer(max.error());
  const auto offset = call.number("offset", 0);
  if (!offset) return error_answer(offset.error());
  auto& storage = call.services.log_storage;
  JsonArray executions;
  const auto facts = storage.facts();
  for (const auto& log : storage.incomplete(*offset, std::min(*max, kMostListed)))
    executions.push_back(incomplete_json(call.services, log, facts.retry_count));
  return json_answer(JsonObject{{"total", facts.counts.queued},
                                {"max", static_cast<std::int64_t>(*max)},
                                {"offset", static_cast<std::int64_t>(*offset)},
                                {"executions", std::move(executions)}});
}

http::Response resume(Call& call) {
  call.services.log_storage.resume();
  return json_answer(JsonObject{{"resumed", true}});
}

}  // namespace

const std::vector<Route>& log_storage_routes() {
  static const std::vector<Route> kRoutes{
      {"GET", "system/logstorage", 17, {"system", "read"}, log_storage},
      {"GET", "system/logstorage/incomplete", 17, {"system", "read"}, incomplete},
      {"POST", "system/logstorage/incomplete/resume", 17, {"system", "admin"}, resume},
  };
  return kRoutes;
}

}  // namespace qd::api
