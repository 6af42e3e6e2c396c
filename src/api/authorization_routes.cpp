// What whoever asks may do to one resource or to all of a kind, action by action, as the policies say it: without the
// actions that contain another (see service::allowed), so that clients see what a rule grants by its name.
#include <algorithm>
#include <array>

#include "acl/rights.hpp"
#include "api/answers.hpp"
#include "api/route.hpp"
#include "service/access.hpp"
#include "service/errors.hpp"

namespace qd::api {
namespace {

// `actions`, once or more often; a missing one is an error.
Result<std::vector<std::string>> asked_actions(const Call& call) {
  std::vector<std::string> actions;
  for (const std::string& action : call.request.parameters("actions")) {
    if (!action.empty() && std::find(actions.begin(), actions.end(), action) == actions.end())
      actions.push_back(action);
  }
  if (actions.empty()) return service::missing_parameter("actions");
  return actions;
}

http::Response authorizations(const Call& call, const acl::Resource& resource, JsonObject shown) {
  const auto actions = asked_actions(call);
  if (!actions) return error_answer(actions.error());
  const std::string& project = call.param("project");
  JsonArray decided;
  for (const std::string& action : *actions) {
    const bool allowed = call.who.rights->decide(project, resource.type, resource.attributes, action).allowed();
    decided.push_back(JsonObject{{"actionName", action}, {"isAuthorized", allowed}});
  }
  JsonObject context{{"type", project.empty() ? "application" : "project"}};
  if (!project.empty()) context["name"] = project;
  return json_answer(JsonObject{{"authorizationContext", std::move(context)},
                                {"resource", std::move(shown)},
                                {"actionAuthorizations", std::move(decided)}});
}

http::Response on_kind(Call& call) {
  const std::string& kind = call.param("kind");
  return authorizations(call, {"resource", {{"kind", kind}}}, JsonObject{{"kind", kind}});
}

JsonObject typed(const Call& call, const std::string& type) {
  return {{"type", type}, {"specifier", call.param("specifier")}};
}

// `allowed`: the types of which this context knows single ones.
http::Response on_named(Call& call, const std::array<std::string_view, 2>& allowed, const char* name_property) {
  const std::string& type = call.param("type");
  if (std::find(allowed.begin(), allowed.end(), type) == allowed.end()) {
    const std::string types = std::string(allowed[0]) + " or " + std::string(allowed[1]);
    return error_answer(service::bad_parameter("type", type, "it must be " + types).value());
  }
  return authorizations(call, {type, {{name_property, call.param("specifier")}}}, typed(call, type));
}

http::Response on_named_of_application(Call& call) {
  return on_named(call, {"project", "project_acl"}, "name");
}

http::Response on_named_of_project(Call& call) {
  const bool node = call.param("type") == "node";
  return on_named(call, {"node", "storage"}, node ? "nodename" : "path");
}

http::Response on_job(Call& call) {
  const std::string& id = call.param("specifier");
  const auto job = call.services.jobs.find(call.who, id, "view");
  if (!job || (*job)->job.project != call.param("project"))
    return error_answer(service::bad_parameter("specifier", id, "it must be the id of a job in the project").value());
  const service::Decision decision = service::job_decision((*job)->job, "view");
  return authorizations(call, {"job", decision.attributes}, typed(call, "job"));
}

}  // namespace

const std::vector<Route>& authorization_routes() {
  static const std::vector<Route> kRoutes{
      {"GET", "authorizations/application/{kind}", 14, kLogin, on_kind},
      {"GET", "authorizations/application/{type}/{specifier}", 14, kLogin, on_named_of_application},
      {"GET", "authorizations/project/{project}/{kind}", 14, kLogin, on_kind},
      {"GET", "authorizations/project/{project}/job/{specifier}", 14, kLogin, on_job},
      {"GET", "authorizations/project/{project}/{type}/{specifier}", 14, kLogin, on_named_of_project},
  };
  return kRoutes;
}

}  // namespace qd::api
