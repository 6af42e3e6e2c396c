// Jobs: list, definition, metadata, workflow tree, delete, toggles.
#include "api/answers.hpp"
#include "api/job_body.hpp"
#include "api/job_json.hpp"
#include "api/links.hpp"
#include "api/route.hpp"
#include "base/text.hpp"
#include "codec/job_codec.hpp"

namespace qd::api {
namespace {

http::Response list_jobs(Call& call) {
  const auto query = job_query(call);
  if (!query) return error_answer(query.error());
  const auto jobs = call.services.jobs.list(call.who, *query);
  return answer(jobs, [&](const std::vector<store::JobSummary>& found) {
    return list_answer(found, [&](const store::JobSummary& job) { return job_summary_json(call, job); });
  });
}

// From `format`, then the path's extension, then Accept; XML for versions before 44, JSON after, as documented.
Result<codec::JobFormat> export_format(const Call& call) {
  auto name = call.query("format");
  if (!name) {
    const std::string accept = call.request.header_or("Accept", "");
    if (accept.find("yaml") != std::string::npos)
      name = "yaml";
    else if (accept.find("xml") != std::string::npos)
      name = "xml";
    else if (accept.find("json") != std::string::npos && call.version >= 44)
      name = "json";
    else
      name = call.version >= 44 ? "json" : "xml";
  }
  const auto format = codec::parse_job_format(*name);
  if (!format || (*format == codec::JobFormat::json && call.version < 44)) {
    return fail(ErrorKind::unsupported_format, "The format is not valid: " + *name,
                "api.error.item.unsupported-format");
  }
  return *format;
}

http::Response definitions(const std::vector<model::Job>& jobs, codec::JobFormat format) {
  const char* type = format == codec::JobFormat::xml    ? "text/xml;charset=UTF-8"
                     : format == codec::JobFormat::yaml ? "text/yaml;charset=UTF-8"
                                                        : "application/json;charset=UTF-8";
  return http::Response::text(200, codec::encode_jobs(jobs, format), type);
}

http::Response export_jobs(Call& call) {
  const auto query = job_query(call);
  if (!query) return error_answer(query.error());
  const auto jobs = call.services.jobs.export_all(call.who, *query);
  if (!jobs) return error_answer(jobs.error());
  const auto format = export_format(call);
  return answer(format, [&](codec::JobFormat wanted) { return definitions(*jobs, wanted); });
}

http::Response get_job(Call& call) {
  const auto job = call.services.jobs.find(call.who, call.param("id"));
  if (!job) return error_answer(job.error());
  const auto format = export_format(call);
  return answer(format, [&](codec::JobFormat wanted) {
    auto response = definitions({(*job)->job}, wanted);
    response.headers.emplace("ETag", revision_tag((*job)->revision));
    return response;
  });
}

http::Response delete_job(Call& call) {
  return answer(call.services.jobs.remove(call.who, call.param("id")), no_content);
}

http::Response get_info(Call& call) {
  const auto job = call.services.jobs.find(call.who, call.param("id"), "view");
  return answer(job, [&](const service::StoredJobPtr& stored) {
    store::JobSummary summary = summary_of(*stored);
    show_owner(summary, call.services.schedules.owner_of(summary.uuid));
    JsonObject info = job_summary_json(call, summary);
    if (const auto average = call.services.jobs.average_duration(stored->job.uuid)) info["averageDuration"] = *average;
    if (const auto next = call.services.schedules.next_execution(*stored, call.services.clock.now()))
      info["nextScheduledExecution"] = iso8601(*next);
    if (call.version >= 56) {
      info["created"] = iso8601(stored->created);
      info["lastModified"] = iso8601(stored->updated);
      info["lastModifiedBy"] = stored->updated_by;
    }
    return json_answer(info);
  });
}

JsonArray tree_json(const std::vector<service::TreeStep>& tree);

JsonObject tree_step_json(const service::TreeStep& entry) {
  JsonObject object;
  if (!entry.step.description.empty()) object["description"] = entry.step.description;
  if (entry.hidden && !std::holds_alternative<model::JobRefStep>(entry.step.action)) return object;
  if (const auto* command = std::get_if<model::CommandStep>(&entry.step.action)) {
    object["exec"] = command->command;
  } else if (const auto* script = std::get_if<model::ScriptStep>(&entry.step.action)) {
    switch (script->source) {
      case model::ScriptStep::Source::text:
        object["script"] = "true";
        break;
      case model::ScriptStep::Source::file:
        object["scriptfile"] = script->script;
        break;
      case model::ScriptStep::Source::url:
        object["scripturl"] = script->script;
        break;
    }
  } else if (const auto* plugin = std::get_if<model::PluginStep>(&entry.step.action)) {
    object["type"] = plugin->type;
    object["nodeStep"] = plugin->node_step ? "true" : "false";
  } else if (const auto* reference = std::get_if<model::JobRefStep>(&entry.step.action)) {
    object["jobref"] = JsonObject{{"name", reference->name},
                                  {"group", reference->group},
                                  {"uuid", reference->uuid},
                                  {"nodeStep", reference->node_step ? "true" : "false"},
                                  {"importOptions", reference->import_options ? "true" : "false"}};
    if (!entry.job_uuid.empty()) object["jobId"] = entry.job_uuid;
    if (!entry.steps.empty()) object["workflow"] = tree_json(entry.steps);
  }
  return object;
}

JsonArray tree_json(const std::vector<service::TreeStep>& tree) {
  JsonArray list;
  for (const service::TreeStep& entry : tree) list.push_back(tree_step_json(entry));
  return list;
}

http::Response get_workflow(Call& call) {
  const auto tree = call.services.jobs.workflow_tree(call.who, call.param("id"));
  return answer(tree, [](const std::vector<service::TreeStep>& steps) {
    return json_answer(JsonObject{{"workflow", tree_json(steps)}});
  });
}

http::Response get_tags(Call& call) {
  const auto job = call.services.jobs.find(call.who, call.param("id"), "view");
  return answer(job, [&](const service::StoredJobPtr& stored) {
    const std::vector<std::string> tags = stored->job.tags();
    return json_answer(JsonArray(tags.begin(), tags.end()));
  });
}

http::Response toggle(Call& call, service::Jobs::Toggle what, bool on) {
  const auto done = call.services.jobs.set_enabled(call.who, call.param("id"), what, on);
  return answer(done, [] { return json_answer(JsonObject{{"success", true}}); });
}

http::Response enable_execution(Call& call) {
  return toggle(call, service::Jobs::Toggle::execution, true);
}
http::Response disable_execution(Call& call) {
  return toggle(call, service::Jobs::Toggle::execution, false);
}
http::Response enable_schedule(Call& call) {
  return toggle(call, service::Jobs::Toggle::schedule, true);
}
http::Response disable_schedule(Call& call) {
  return toggle(call, service::Jobs::Toggle::schedule, false);
}

}  // namespace

const std::vector<Route>& job_routes() {
  static const std::vector<Route> kRoutes{
      {"GET", "project/{project}/jobs", 14, {"job", "view"}, list_jobs},
      {"GET", "project/{project}/jobs/export", 14, {"job", "read"}, export_jobs},
      {"GET", "job/{id}", 14, {"job", "read"}, get_job},
      {"DELETE", "job/{id}", 14, {"job", "delete"}, delete_job},
      {"GET", "job/{id}/info", 18, {"job", "view"}, get_info},
      {"GET", "job/{id}/workflow", 33, {"job", "view"}, get_workflow},
      {"GET", "job/{id}/tags", 46, {"job", "view"}, get_tags},
      {"POST", "job/{id}/execution/enable", 14, {"job", "toggle_execution"}, enable_execution},
      {"POST", "job/{id}/execution/disable", 14, {"job", "toggle_execution"}, disable_execution},
      {"POST", "job/{id}/schedule/enable", 14, {"job", "toggle_schedule"}, enable_schedule},
      {"POST", "job/{id}/schedule/disable", 14, {"job", "toggle_schedule"}, disable_schedule},
  };
  return kRoutes;
}

}  // namespace qd::api
