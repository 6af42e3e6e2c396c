// What pages for jobs need beyond the peer's API: what a run asks for, how jobs stand at a glance, all jobs on few
// bytes, saving over a known revision, earlier revisions, and what a schedule means before it is saved.
#include "api/answers.hpp"
#include "api/brief_jobs.hpp"
#include "api/job_body.hpp"
#include "api/job_json.hpp"
#include "api/route.hpp"
#include "base/text.hpp"
#include "codec/job_codec.hpp"
#include "service/errors.hpp"
#include "service/schedule_check.hpp"

namespace qd::api {
namespace {

constexpr std::size_t kMostGlances = 200;
constexpr std::size_t kMostFires = 50;
constexpr std::size_t kMostRevisions = 100;

void put_flag(JsonObject& object, const char* name, bool on) {
  if (on) object[name] = true;
}

void put_text(JsonObject& object, const char* name, const std::string& text) {
  if (!text.empty()) object[name] = text;
}

// Without what only the server needs: where values come from, and the values of secrets.
JsonObject input_option_json(const model::Option& option) {
  JsonObject object{{"name", option.name}};
  put_text(object, "label", option.label);
  put_text(object, "description", option.description);
  put_text(object, "type", option.type);
  put_text(object, "regex", option.regex);
  put_text(object, "dateFormat", option.date_format);
  put_text(object, "delimiter", option.delimiter);
  if (option.value && !option.secure) object["value"] = *option.value;
  if (!option.values.empty()) object["values"] = JsonArray(option.values.begin(), option.values.end());
  put_flag(object, "required", option.required);
  put_flag(object, "enforced", option.enforced);
  put_flag(object, "multivalued", option.multivalued);
  put_flag(object, "multivalueAllSelected", option.multivalue_all_selected);
  put_flag(object, "secure", option.secure);
  put_flag(object, "valueExposed", option.value_exposed);
  put_flag(object, "isDate", option.is_date);
  put_flag(object, "hidden", option.hidden);
  put_flag(object, "sortValues", option.sort_values);
  put_flag(object, "remote", !option.values_url.empty() || !option.values_plugin.empty());
  put_flag(object, "fromStorage", !option.storage_path.empty());
  return object;
}

http::Response get_input(Call& call) {
  const auto stored = call.services.jobs.find(call.who, call.param("id"), "view");
  return answer(stored, [](const service::StoredJobPtr& found) {
    const model::Job& job = found->job;
    JsonArray options;
    for (const model::Option& option : job.options) options.push_back(input_option_json(option));
    JsonObject input{{"options", std::move(options)},
                     {"nodeFilterEditable", job.node_filter_editable},
                     {"nodesSelectedByDefault", job.nodes_selected_by_default},
                     {"loglevel", job.log_level}};
    if (job.node_filters) {
      input["nodeFilter"] = job.node_filters->filter;
      put_text(input, "nodeFilterExclude", job.node_filters->filter_exclude);
    }
    return json_answer(input);
  });
}

// The one that began last, or waits to begin; nothing for who may not see it.
std::optional<model::Execution> last_execution(Call& call, const model::Job& job) {
  store::ExecutionQuery query;
  query.project = job.project;
  query.job_uuids = {job.uuid};
  query.max = 1;
  auto page = call.services.executions.query(call.who, query);
  if (!page || page->executions.empty()) return std::nullopt;
  return std::move(page->executions.front());
}

JsonObject glance_json(Call& call, const store::StoredJob& stored) {
  JsonObject glance;
  if (const auto next = call.services.schedules.next_execution(stored, call.services.clock.now()))
    glance["nextScheduledExecution"] = iso8601(*next);
  if (const auto last = last_execution(call, stored.job)) {
    JsonObject execution{{"id", last->id}, {"status", model::is_standard(last->status) ? last->status : "other"}};
    if (!model::is_standard(last->status)) execution["customStatus"] = last->status;
    if (last->started) execution["started"] = iso8601(*last->started);
    if (last->ended) execution["ended"] = iso8601(*last->ended);
    glance["lastExecution"] = std::move(execution);
  }
  return glance;
}

http::Response get_glances(Call& call) {
  const auto ids = base::split_trimmed(call.query("idlist").value_or(""), ',');
  if (ids.empty()) return error_answer(service::missing_parameter("idlist").value());
  if (ids.size() > kMostGlances) {
    return error_answer(
        Error{ErrorKind::too_large, "Ask for at most " + std::to_string(kMostGlances) + " jobs at once.", ""});
  }
  JsonObject glances;
  for (const std::string& id : ids) {
    const auto stored = call.services.jobs.find(call.who, id, "view");
    if (stored && (*stored)->job.project == call.param("project")) glances[id] = glance_json(call, **stored);
  }
  return json_answer(glances);
}

http::Response save_job(Call& call) {
  auto document = job_document(call);
  if (!document) return error_answer(document.error());
  service::SaveRequest request{call.param("id"), std::move(document->text), document->format, std::nullopt};
  if (request.format == codec::JobFormat::json && base::trim(request.text).starts_with('{'))
    request.text = "[" + request.text + "]";
  if (const auto text = call.query("revision")) {
    request.revision = base::parse_int(*text);
    if (!request.revision)
      return error_answer(service::bad_parameter("revision", *text, "it must be a number, as GET tells it").value());
  }
  const auto saved = call.services.jobs.save(call.who, request);
  return answer(saved, [](const store::StoredJob& job) {
    auto response = json_answer(JsonArray{codec::job_to_json(job.job)});
    response.headers.emplace("ETag", revision_tag(job.revision));
    return response;
  });
}

http::Response list_revisions(Call& call) {
  const auto found = call.services.jobs.revisions(call.who, call.param("id"), kMostRevisions);
  return answer(found, [](const std::vector<store::JobRevision>& revisions) {
    JsonArray list;
    for (const store::JobRevision& one : revisions) {
      list.push_back(JsonObject{{"revision", one.revision}, {"saved", iso8601(one.saved)}, {"savedBy", one.saved_by}});
    }
    return json_answer(list);
  });
}

http::Response get_revision(Call& call) {
  const auto number = base::parse_int(call.param("revision"));
  if (!number) return error_answer(service::no_such("Revision", call.param("revision")).value());
  const auto found = call.services.jobs.at_revision(call.who, call.param("id"), *number);
  return answer(found,
                [](const store::JobRevision& one) { return json_answer(JsonArray{codec::job_to_json(one.job)}); });
}

http::Response validate_schedule(Call& call) {
  if (const auto project = call.services.projects.find(call.who, call.param("project")); !project)
    return error_answer(project.error());
  const auto body = call.json_body();
  if (!body) return error_answer(body.error());
  const Json* schedule = find(*body, "schedule");
  if (schedule == nullptr) return error_answer(service::missing_parameter("schedule").value());
  const auto max = call.number("max", 10);
  if (!max) return error_answer(max.error());
  const auto check = service::check_schedule(*schedule, text_or(*body, "timeZone"), call.services.clock.now(),
                                             std::min(*max, kMostFires));
  if (!check)
    return json_answer(JsonObject{{"valid", false}, {"message", check.error().message}, {"times", JsonArray()}});
  JsonArray times;
  for (const UnixMillis due : check->times) times.emplace_back(iso8601(due));
  return json_answer(JsonObject{{"valid", true}, {"expression", check->expression}, {"times", std::move(times)}});
}

http::Response list_briefly(Call& call) {
  const auto query = job_query(call);
  if (!query) return error_answer(query.error());
  return answer(call.services.jobs.list(call.who, *query),
                [](const std::vector<store::JobSummary>& found) { return json_answer(brief_jobs_json(found)); });
}

}  // namespace

const std::vector<Route>& job_edit_routes() {
  static const std::vector<Route> kRoutes{
      {"GET", "job/{id}/input", 14, {"job", "view"}, get_input},
      {"GET", "project/{project}/jobs/glance", 14, {"job", "view"}, get_glances},
      {"GET", "project/{project}/jobs/brief", 14, {"job", "view"}, list_briefly},
      {"PUT", "job/{id}", 14, {"job", "update"}, save_job},
      {"GET", "job/{id}/revisions", 14, {"job", "read"}, list_revisions},
      {"GET", "job/{id}/revision/{revision}", 14, {"job", "read"}, get_revision},
      {"POST", "project/{project}/jobs/validateSchedule", 14, {"project", "read"}, validate_schedule},
  };
  return kRoutes;
}

}  // namespace qd::api
