#include "notify/event_context.hpp"

#include "base/text.hpp"

namespace qd::notify {

namespace {

void add_date(JsonObject& object, const std::string& name, UnixMillis time) {
  object[name] = iso8601(time);
  object[name + "Unixtime"] = time;
  object[name + "W3c"] = iso8601(time);
}

JsonArray list_of(const std::vector<std::string>& names) {
  return JsonArray(names.begin(), names.end());
}

JsonObject execution_facts(const model::NotificationEvent& event, const EventFacts& facts) {
  const auto& execution = event.execution;
  JsonObject object{{"id", execution.id},
                    {"href", codec::execution_page(facts.document, execution)},
                    {"status", codec::status_text(execution)},
                    {"user", execution.user},
                    {"description", execution.description},
                    {"argstring", execution.arg_string},
                    {"project", execution.project},
                    {"projectHref", facts.document.server_url + "/project/" + base::percent_encode(execution.project)},
                    {"loglevel", execution.log_level},
                    {"type", execution.type},
                    {"retryAttempt", execution.retry_attempt}};
  if (!model::is_standard(execution.status)) object["customStatus"] = execution.status;
  if (execution.started) add_date(object, "dateStarted", *execution.started);
  if (!execution.ended) return object;
  add_date(object, "dateEnded", *execution.ended);
  object["failedNodeListString"] = base::join(execution.failed_nodes, ",");
  object["failedNodeList"] = list_of(execution.failed_nodes);
  object["succeededNodeListString"] = base::join(execution.succeeded_nodes, ",");
  object["succeededNodeList"] = list_of(execution.succeeded_nodes);
  object["nodestatus"] = JsonObject{{"succeeded", execution.succeeded_nodes.size()},
                                    {"failed", execution.failed_nodes.size()},
                                    {"total", execution.succeeded_nodes.size() + execution.failed_nodes.size()}};
  object["abortedby"] = execution.aborted_by;
  if (execution.retried_as) object["retriedExecutionId"] = *execution.retried_as;
  return object;
}

JsonObject job_facts(const model::NotificationEvent& event, const EventFacts& facts) {
  const auto& job = *event.job;
  JsonObject object{{"id", job.uuid},
                    {"href", codec::job_page(facts.document, job.project, job.uuid)},
                    {"name", job.name},
                    {"group", job.group},
                    {"project", job.project},
                    {"description", job.description},
                    {"schedule", job.schedule ? job.schedule->expression() : std::string()}};
  if (facts.document.average_duration) object["averageDuration"] = *facts.document.average_duration;
  return object;
}

// Scalars as they are, one level of objects by "name.key".
void add_texts(model::DataContext::Group& group, const JsonObject& object, const std::string& prefix = {}) {
  for (const auto& [key, value] : object) {
    const auto name = prefix + std::string(key);
    if (const auto* inner = value.if_object()) {
      add_texts(group, *inner, name + ".");
    } else if (auto text = scalar_text(value)) {
      group[name] = std::move(*text);
    }
  }
}

JsonObject context_json(const model::DataContext& context) {
  JsonObject groups;
  for (const auto& name : context.group_names()) {
    JsonObject group;
    for (const auto& [key, value] : context.group(name)) group[key] = value;
    groups[name] = std::move(group);
  }
  return groups;
}

}  // namespace

std::string event_status(const model::NotificationEvent& event) {
  static constexpr std::pair<const char*, const char*> words[] = {
      {model::status::aborted, "KILLED"},        {model::status::failed, "FAILURE"},
      {model::status::running, "STARTING"},      {model::status::succeeded, "SUCCESS"},
      {model::status::timed_out, "TIMEDOUT"},    {model::status::missed, "MISSED"},
      {model::status::incomplete, "INCOMPLETE"}, {model::status::failed_with_retry, "FAILED WITH RETRY"}};
  if (event.trigger == model::trigger::average_duration) return "AVERAGE DURATION EXCEEDED";
  // The end of a job that another refers to is told while the other runs on.
  if (event.execution.status == model::status::running && event.trigger != model::trigger::start) {
    return event.trigger == model::trigger::success ? "SUCCESS" : "FAILURE";
  }
  for (const auto& [status, word] : words) {
    if (event.execution.status == status) return word;
  }
  return base::repair_utf8(event.execution.status);
}

model::DataContext event_context(const model::NotificationEvent& event, const EventFacts& facts) {
  auto context = event.context;
  auto execution = context.group("execution");
  add_texts(execution, execution_facts(event, facts));
  context.set_group("exec", execution);
  context.set_group("execution", std::move(execution));
  auto job = context.group("job");
  add_texts(job, job_facts(event, facts));
  if (facts.profile) {
    const auto& profile = *facts.profile;
    for (const auto& [key, value] :
         {std::pair("user.email", profile.email), std::pair("user.firstName", profile.first_name),
          std::pair("user.lastName", profile.last_name)}) {
      if (!value.empty()) job[key] = value;
    }
  }
  context.set_group("job", std::move(job));
  context.set_group("notification", {{"trigger", event.trigger}, {"eventStatus", event_status(event)}});
  context.set_group("rundeck", {{"href", facts.document.server_url}});
  return context;
}

JsonObject event_data(const model::NotificationEvent& event, const EventFacts& facts) {
  auto execution = execution_facts(event, facts);
  execution["job"] = job_facts(event, facts);
  execution["context"] = context_json(event.context);
  return {{"trigger", event.trigger},
          {"status", codec::status_text(event.execution)},
          {"executionId", event.execution.id},
          {"execution", std::move(execution)}};
}

}  // namespace qd::notify
