// Questions to the access policies: why, who can, what can somebody do, and what a policy would do before it is stored.
#include "acl/catalog.hpp"
#include "api/answers.hpp"
#include "api/policy_json.hpp"
#include "api/route.hpp"
#include "service/errors.hpp"

namespace qd::api {
namespace {

http::Response validate_policy(Call& call) {
  const auto content = policy_text(call);
  if (!content) return error_answer(content.error());
  std::string project = call.query("project").value_or(""), name = call.query("name").value_or("");
  if (call.has_json_body()) {
    const auto body = call.json_body();
    if (!body) return error_answer(body.error());
    if (project.empty()) project = text_or(*body, "project");
    if (name.empty()) name = text_or(*body, "name");
  }
  const service::DraftPolicy draft{project, name.empty() ? "draft.aclpolicy" : name, *content};
  const auto flaws = call.services.policies.validate(call.who, draft);
  return answer(flaws, [](const std::vector<acl::PolicyFlaws>& found) { return json_answer(validation_json(found)); });
}

// Reads the question, and answers with the flaws of its draft when it has any.
template <class Ask>
http::Response with_question(Call& call, Ask ask) {
  const auto body = call.json_body();
  if (!body) return error_answer(body.error());
  const auto question = question_of(*body);
  if (!question) return error_answer(question.error());
  return ask(*body, *question);
}

http::Response explain(Call& call) {
  return with_question(call, [&](const JsonObject&, const service::AccessQuestion& question) {
    if (question.resource.type.empty()) return error_answer(service::missing_parameter("resource").value());
    if (question.actions.empty()) return error_answer(service::missing_parameter("actions").value());
    return answer(call.services.policies.explain(call.who, question), [](const service::AccessAnswer& found) {
      if (!found.flaws.empty()) return json_answer(validation_json(found.flaws), 400);
      return json_answer(access_json(found));
    });
  });
}

http::Response who_can(Call& call) {
  return with_question(call, [&](const JsonObject& body, const service::AccessQuestion& question) {
    const std::string action = text_or(body, "action");
    if (question.resource.type.empty()) return error_answer(service::missing_parameter("resource").value());
    if (action.empty()) return error_answer(service::missing_parameter("action").value());
    return answer(call.services.policies.who_can(call.who, question, action), [](const service::GrantsAnswer& found) {
      if (!found.flaws.empty()) return json_answer(validation_json(found.flaws), 400);
      return json_answer(grants_json(found));
    });
  });
}

// A job that is named by its id alone is looked up, for whom may see it: policies speak of groups and names, too.
void complete_job(Call& call, acl::Things& things) {
  if (things.job_uuid.empty() || !things.job.empty()) return;
  const auto stored = call.services.jobs.find(call.who, things.job_uuid, "view");
  if (!stored || (*stored)->job.project != things.project) return;
  const model::Job& job = (*stored)->job;
  things.job = job.group.empty() ? job.name : job.group + '/' + job.name;
}

http::Response what_can(Call& call) {
  return with_question(call, [&](const JsonObject& body, const service::AccessQuestion& question) {
    acl::Things things = things_of(body);
    complete_job(call, things);
    const auto found = call.services.policies.what_can(call.who, question, things);
    return answer(found, [](const service::AccessAnswer& access) {
      if (!access.flaws.empty()) return json_answer(validation_json(access.flaws), 400);
      return json_answer(access_json(access));
    });
  });
}

http::Response list_catalog(Call&) {
  JsonArray list;
  for (const acl::CatalogEntry& entry : acl::catalog()) {
    JsonObject json{{"context", entry.application ? "application" : "project"}, {"type", entry.type}};
    if (!entry.kind.empty()) json["kind"] = entry.kind;
    json["properties"] = JsonArray(entry.properties.begin(), entry.properties.end());
    json["actions"] = JsonArray(entry.actions.begin(), entry.actions.end());
    list.push_back(std::move(json));
  }
  return json_answer(list);
}

}  // namespace

const std::vector<Route>& explain_routes() {
  static const std::vector<Route> kRoutes{
      {"POST", "acl/validate", 14, {"system_acl", "read", Needs::Judge::use_case}, validate_policy},
      {"POST", "acl/explain", 14, kLogin, explain},
      {"POST", "acl/who", 14, {"system_acl", "read", Needs::Judge::use_case}, who_can},
      {"POST", "acl/can", 14, kLogin, what_can},
      {"GET", "acl/catalog", 14, kLogin, list_catalog},
  };
  return kRoutes;
}

}  // namespace qd::api
