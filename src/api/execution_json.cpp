#include "api/execution_json.hpp"

#include "api/links.hpp"

namespace qd::api {
namespace {

JsonObject date_json(UnixMillis time) {
  return {{"unixtime", time}, {"date", iso8601(time)}};
}

JsonArray names_json(const std::vector<std::string>& names) {
  return JsonArray(names.begin(), names.end());
}

JsonObject job_json(const Call& call, const model::Execution& execution, JobFacts& facts) {
  JsonObject job{{"id", execution.job_uuid}};
  const service::Jobs::Facts& known = facts.of(execution.job_uuid);
  if (known.average_duration) job["averageDuration"] = *known.average_duration;
  job["name"] = execution.job_name;
  job["group"] = execution.job_group;
  job["project"] = execution.project;
  job["description"] = known.description;
  if (!execution.options.empty()) {
    JsonObject options;
    for (const auto& [name, value] : execution.options) options[name] = value;
    job["options"] = std::move(options);
  }
  job["href"] = job_href(call.services, execution.job_uuid);
  job["permalink"] = job_permalink(call.services, execution.project, execution.job_uuid);
  return job;
}

}  // namespace

const service::Jobs::Facts& JobFacts::of(const std::string& job_uuid) {
  const auto found = known_.find(job_uuid);
  if (found != known_.end()) return found->second;
  return known_[job_uuid] = jobs_.facts(job_uuid);
}

std::string status_text(const model::Execution& execution) {
  return model::is_standard(execution.status) ? execution.status : "other";
}

JsonObject execution_json(const Call& call, const model::Execution& execution, JobFacts& facts) {
  const Services& services = call.services;
  JsonObject object{
      {"id", execution.id},
      {"href", execution_href(services, execution.id)},
      {"permalink", execution_permalink(services, execution.project, execution.id)},
      {"status", status_text(execution)},
      {"project", execution.project},
      {"executionType", execution.type},
      {"user", execution.user},
  };
  if (!model::is_standard(execution.status)) object["customStatus"] = execution.status;
  if (const auto started = execution.started ? execution.started : execution.scheduled_for)
    object["date-started"] = date_json(*started);
  if (execution.ended) object["date-ended"] = date_json(*execution.ended);
  if (!execution.aborted_by.empty()) object["abortedby"] = execution.aborted_by;
  if (!execution.job_uuid.empty()) object["job"] = job_json(call, execution, facts);
  object["description"] = execution.description;
  object["argstring"] = execution.arg_string.empty() ? Json(nullptr) : Json(execution.arg_string);
  if (!execution.server_uuid.empty()) object["serverUUID"] = execution.server_uuid;
  if (!execution.succeeded_nodes.empty()) object["successfulNodes"] = names_json(execution.succeeded_nodes);
  if (!execution.failed_nodes.empty()) object["failedNodes"] = names_json(execution.failed_nodes);
  if (execution.retry_attempt > 0) object["retryAttempt"] = execution.retry_attempt;
  if (execution.retried_as) {
    JsonObject retried{{"id", *execution.retried_as},
                       {"href", execution_href(services, *execution.retried_as)},
                       {"permalink", execution_permalink(services, execution.project, *execution.retried_as)}};
    if (const auto next = services.executions.current(*execution.retried_as)) retried["status"] = status_text(*next);
    object["retriedExecution"] = std::move(retried);
  }
  return object;
}

JsonObject page_json(const Call& call, const store::ExecutionPage& page, std::size_t offset, std::size_t max) {
  JobFacts facts(call.services.jobs);
  JsonArray list;
  for (const model::Execution& execution : page.executions) list.push_back(execution_json(call, execution, facts));
  return {{"paging",
           JsonObject{{"count", page.executions.size()}, {"total", page.total}, {"offset", offset}, {"max", max}}},
          {"executions", std::move(list)}};
}

}  // namespace qd::api
