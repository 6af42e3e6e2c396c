#include "codec/execution_document.hpp"

#include "base/text.hpp"

namespace qd::codec {

namespace {

JsonObject date_json(UnixMillis time) {
  return {{"unixtime", time}, {"date", iso8601(time)}};
}

JsonArray names_json(const std::vector<std::string>& names) {
  return JsonArray(names.begin(), names.end());
}

std::string execution_href(const ExecutionFacts& facts, model::ExecutionId id) {
  return facts.api_url + "/execution/" + std::to_string(id);
}

std::string page_of(const ExecutionFacts& facts, const std::string& project, model::ExecutionId id) {
  return facts.server_url + "/project/" + base::percent_encode(project) + "/execution/show/" + std::to_string(id);
}

std::string job_href(const ExecutionFacts& facts, const std::string& uuid) {
  return facts.api_url + "/job/" + base::percent_encode(uuid);
}

JsonObject job_json(const model::Execution& execution, const ExecutionFacts& facts) {
  JsonObject job{{"id", execution.job_uuid}};
  if (facts.average_duration) job["averageDuration"] = *facts.average_duration;
  job["name"] = execution.job_name;
  job["group"] = execution.job_group;
  job["project"] = execution.project;
  job["description"] = facts.job_description;
  if (!execution.options.empty()) {
    JsonObject options;
    for (const auto& [name, value] : execution.options) options[name] = value;
    job["options"] = std::move(options);
  }
  job["href"] = job_href(facts, execution.job_uuid);
  job["permalink"] = job_page(facts, execution.project, execution.job_uuid);
  return job;
}

void add_date(XmlElement& parent, const char* name, UnixMillis time) {
  parent.add_text(name, iso8601(time)).set("unixtime", std::to_string(time));
}

void add_nodes(XmlElement& parent, const char* name, const std::vector<std::string>& nodes) {
  if (nodes.empty()) return;
  auto& list = parent.add(name);
  for (const auto& node : nodes) list.add("node").set("name", node);
}

void add_job(XmlElement& parent, const model::Execution& execution, const ExecutionFacts& facts) {
  auto& job = parent.add("job");
  job.set("id", execution.job_uuid);
  if (facts.average_duration) job.set("averageDuration", std::to_string(*facts.average_duration));
  job.set("href", job_href(facts, execution.job_uuid));
  job.set("permalink", job_page(facts, execution.project, execution.job_uuid));
  job.add_text("name", execution.job_name);
  job.add_text("group", execution.job_group);
  job.add_text("project", execution.project);
  job.add_text("description", facts.job_description);
  if (execution.options.empty()) return;
  auto& options = job.add("options");
  for (const auto& [name, value] : execution.options) {
    auto& option = options.add("option");
    option.set("name", name);
    option.set("value", value);
  }
}

}  // namespace

std::string status_text(const model::Execution& execution) {
  return model::is_standard(execution.status) ? execution.status : "other";
}

std::string execution_page(const ExecutionFacts& facts, const model::Execution& execution) {
  return page_of(facts, execution.project, execution.id);
}

std::string job_page(const ExecutionFacts& facts, const std::string& project, const std::string& job_uuid) {
  return facts.server_url + "/project/" + base::percent_encode(project) + "/job/show/" + base::percent_encode(job_uuid);
}

JsonObject execution_document(const model::Execution& execution, const ExecutionFacts& facts) {
  JsonObject object{
      {"id", execution.id},
      {"href", execution_href(facts, execution.id)},
      {"permalink", execution_page(facts, execution)},
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
  if (!execution.job_uuid.empty()) object["job"] = job_json(execution, facts);
  object["description"] = execution.description;
  object["argstring"] = execution.arg_string.empty() ? Json(nullptr) : Json(execution.arg_string);
  if (!execution.server_uuid.empty()) object["serverUUID"] = execution.server_uuid;
  if (!execution.succeeded_nodes.empty()) object["successfulNodes"] = names_json(execution.succeeded_nodes);
  if (!execution.failed_nodes.empty()) object["failedNodes"] = names_json(execution.failed_nodes);
  if (execution.retry_attempt > 0) object["retryAttempt"] = execution.retry_attempt;
  if (execution.retried_as) {
    JsonObject retried{{"id", *execution.retried_as},
                       {"href", execution_href(facts, *execution.retried_as)},
                       {"permalink", page_of(facts, execution.project, *execution.retried_as)}};
    if (facts.retry_status) retried["status"] = *facts.retry_status;
    object["retriedExecution"] = std::move(retried);
  }
  // What its starter said beside: a webhook names itself so.
  if (const Json* meta = find(execution.extra, "meta"); meta != nullptr && meta->is_object()) object["meta"] = *meta;
  return object;
}

XmlElement execution_element(const model::Execution& execution, const ExecutionFacts& facts) {
  XmlElement element;
  element.name = "execution";
  element.set("id", std::to_string(execution.id));
  element.set("href", execution_href(facts, execution.id));
  element.set("permalink", execution_page(facts, execution));
  element.set("status", status_text(execution));
  element.set("project", execution.project);
  element.set("executionType", execution.type);
  if (!model::is_standard(execution.status)) element.set("customStatus", execution.status);
  element.add_text("user", execution.user);
  if (const auto started = execution.started ? execution.started : execution.scheduled_for)
    add_date(element, "date-started", *started);
  if (execution.ended) add_date(element, "date-ended", *execution.ended);
  if (!execution.aborted_by.empty()) element.add_text("abortedby", execution.aborted_by);
  if (!execution.job_uuid.empty()) add_job(element, execution, facts);
  element.add_text("description", execution.description);
  element.add_text("argstring", execution.arg_string);
  if (!execution.server_uuid.empty()) element.add_text("serverUUID", execution.server_uuid);
  add_nodes(element, "successfulNodes", execution.succeeded_nodes);
  add_nodes(element, "failedNodes", execution.failed_nodes);
  if (execution.retry_attempt > 0) element.set("retryAttempt", std::to_string(execution.retry_attempt));
  if (execution.retried_as) {
    auto& retried = element.add("retriedExecution").add("execution");
    retried.set("id", std::to_string(*execution.retried_as));
    retried.set("href", execution_href(facts, *execution.retried_as));
    retried.set("permalink", page_of(facts, execution.project, *execution.retried_as));
    if (facts.retry_status) retried.set("status", *facts.retry_status);
  }
  return element;
}

}  // namespace qd::codec
