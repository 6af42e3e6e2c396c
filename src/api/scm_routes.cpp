// Git repositories of jobs. Source: "SCM" in the peer's API documentation.
#include "api/answers.hpp"
#include "api/route.hpp"
#include "api/scm_json.hpp"
#include "service/scm.hpp"

namespace qd::api {
namespace {

using service::Integration;

constexpr Needs kConfigures{"project", "configure"};
// The use case takes it: which of import and export is needed, the path says.
constexpr Needs kUses{"project", "scm_export", Needs::Judge::use_case};
constexpr Needs kUsesJob{"job", "scm_export", Needs::Judge::use_case};

// Handlers that are given the integration of the path.
template <http::Response (*handle)(Call&, Integration)>
http::Response with_integration(Call& call) {
  const auto integration = service::parse_integration(call.param("integration"));
  if (integration) return handle(call, *integration);
  return error_answer(
      400, "api.error.invalid.request",
      "Invalid API Request: the integration '" + call.param("integration") + "' is none: use export or import");
}

http::Response outcome_answer(const Result<service::ScmOutcome>& outcome) {
  return answer(outcome, [](const service::ScmOutcome& one) {
    return json_answer(scm_outcome_json(one), one.success ? 200 : 400);
  });
}

http::Response bad_body(const std::string& message) {
  return json_answer(scm_outcome_json(service::ScmOutcome::failed(message)), 400);
}

// A status that cannot be told is the answer's own shape, with 500.
template <class T, class Write>
http::Response status_answer(const Result<T>& result, Write write) {
  if (!result && result.error().code == service::Scm::kNoStatus)
    return json_answer(scm_outcome_json(service::ScmOutcome::failed(result.error().message)), 500);
  return answer(result, write);
}

http::Response list_scm_plugins(Call& call, Integration integration) {
  const auto found = call.services.scm.plugins(call.who, call.param("project"), integration);
  return answer(found, [&](const auto& plugins) {
    JsonArray list;
    for (const auto& one : plugins) list.push_back(scm_plugin_json(one));
    return json_answer(JsonObject{{"integration", call.param("integration")}, {"plugins", std::move(list)}});
  });
}

http::Response setup_input(Call& call, Integration integration) {
  const auto fields = call.services.scm.setup_fields(call.who, call.param("project"), integration, call.param("type"));
  return answer(fields, [&](const auto& found) {
    return json_answer(JsonObject{
        {"fields", scm_fields_json(found)}, {"integration", call.param("integration")}, {"type", call.param("type")}});
  });
}

http::Response setup(Call& call, Integration integration) {
  const auto body = call.json_body();
  if (!body) return error_answer(body.error());
  const auto* config = find(*body, "config");
  if (config == nullptr || !config->is_object()) return bad_body(" json: expected 'config' property");
  return outcome_answer(call.services.scm.setup(call.who, call.param("project"), integration, call.param("type"),
                                                scm_values(config->get_object())));
}

http::Response enable(Call& call, Integration integration) {
  return outcome_answer(call.services.scm.enable(call.who, call.param("project"), integration, call.param("type")));
}

http::Response disable(Call& call, Integration integration) {
  return outcome_answer(call.services.scm.disable(call.who, call.param("project"), integration, call.param("type")));
}

http::Response toggle(Call& call) {
  const auto body = call.json_body();
  if (!body) return error_answer(body.error());
  const auto changed = call.services.scm.toggle(call.who, call.param("project"), truth_or(*body, "enabled", false));
  return answer(changed, [](bool modified) { return json_answer(JsonObject{{"modified", modified}}); });
}

http::Response show_config(Call& call, Integration integration) {
  const auto found = call.services.scm.config(call.who, call.param("project"), integration);
  return answer(found, [&](const service::StoredScm& stored) {
    JsonObject config;
    for (const auto& [key, value] : stored.config) config[key] = value;
    return json_answer(JsonObject{{"config", std::move(config)},
                                  {"enabled", stored.enabled},
                                  {"integration", call.param("integration")},
                                  {"project", call.param("project")},
                                  {"type", stored.type}});
  });
}

http::Response show_status(Call& call, Integration integration) {
  const auto found = call.services.scm.status(call.who, call.param("project"), integration);
  return status_answer(found, [&](const service::ScmStatus& status) {
    return json_answer(JsonObject{{"actions", texts_or_null(status.actions)},
                                  {"integration", call.param("integration")},
                                  {"message", text_or_null(status.message)},
                                  {"project", call.param("project")},
                                  {"synchState", text_or_null(status.state)}});
  });
}

http::Response action_input(Call& call, Integration integration) {
  const auto form = call.services.scm.action_form(call.who, call.param("project"), integration, call.param("action"));
  return status_answer(form, [&](const auto& found) { return json_answer(scm_form_json(integration, found)); });
}

http::Response perform(Call& call, Integration integration) {
  const auto body = call.json_body();
  if (!body) return error_answer(body.error());
  auto request = scm_action_request(*body, false);
  if (!request) return bad_body(request.error().message);
  return outcome_answer(call.services.scm.perform(call.who, call.param("project"), integration, call.param("action"),
                                                  std::move(*request)));
}

http::Response job_status(Call& call, Integration integration) {
  const auto found = call.services.scm.job_status(call.who, call.param("id"), integration);
  return status_answer(found, [&](const auto& state) { return json_answer(scm_job_state_json(integration, state)); });
}

http::Response job_diff(Call& call, Integration integration) {
  const auto found = call.services.scm.job_diff(call.who, call.param("id"), integration);
  return status_answer(found, [&](const service::ScmJobDiff& diff) {
    return json_answer(JsonObject{{"commit", scm_commit_json(diff.state.commit)},
                                  {"diffContent", diff.content ? Json(*diff.content) : Json(nullptr)},
                                  {"id", diff.state.uuid},
                                  {"incomingCommit", scm_commit_json(diff.incoming)},
                                  {"integration", call.param("integration")},
                                  {"project", diff.state.project}});
  });
}

http::Response job_action_input(Call& call, Integration integration) {
  const auto form = call.services.scm.job_action_form(call.who, call.param("id"), integration, call.param("action"));
  return status_answer(form, [&](const auto& found) { return json_answer(scm_form_json(integration, found)); });
}

http::Response perform_on_job(Call& call, Integration integration) {
  const auto body = call.json_body();
  if (!body) return error_answer(body.error());
  const auto request = scm_action_request(*body, true);
  if (!request) return bad_body(request.error().message);
  return outcome_answer(
      call.services.scm.perform_on_job(call.who, call.param("id"), integration, call.param("action"), request->input));
}

}  // namespace

const std::vector<Route>& scm_routes() {
  // clang-format off
  static const std::vector<Route> kRoutes{
      {"GET", "project/{project}/scm/{integration}/plugins", 15, kConfigures, with_integration<list_scm_plugins>},
      {"GET", "project/{project}/scm/{integration}/plugin/{type}/input", 15, kUses, with_integration<setup_input>},
      {"POST", "project/{project}/scm/{integration}/plugin/{type}/setup", 15, kConfigures, with_integration<setup>},
      {"POST", "project/{project}/scm/{integration}/plugin/{type}/enable", 15, kConfigures, with_integration<enable>},
      {"POST", "project/{project}/scm/{integration}/plugin/{type}/disable", 15, kConfigures, with_integration<disable>},
      {"POST", "project/{project}/scm/toggle", 46, kConfigures, toggle},
      {"GET", "project/{project}/scm/{integration}/config", 15, kConfigures, with_integration<show_config>},
      {"GET", "project/{project}/scm/{integration}/status", 15, kUses, with_integration<show_status>},
      {"GET", "project/{project}/scm/{integration}/action/{action}/input", 15, kUses, with_integration<action_input>},
      {"POST", "project/{project}/scm/{integration}/action/{action}", 15, kUses, with_integration<perform>},
      {"GET", "job/{id}/scm/{integration}/status", 15, kUsesJob, with_integration<job_status>},
      {"GET", "job/{id}/scm/{integration}/diff", 15, kUsesJob, with_integration<job_diff>},
      {"GET", "job/{id}/scm/{integration}/action/{action}/input", 15, kUsesJob, with_integration<job_action_input>},
      {"POST", "job/{id}/scm/{integration}/action/{action}", 15, kUsesJob, with_integration<perform_on_job>},
  };
  // clang-format on
  return kRoutes;
}

}  // namespace qd::api
