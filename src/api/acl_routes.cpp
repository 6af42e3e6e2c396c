// Access policies of the system and of projects.
#include "api/answers.hpp"
#include "api/links.hpp"
#include "api/policy_json.hpp"
#include "api/route.hpp"
#include "base/text.hpp"

namespace qd::api {
namespace {

// The routes of the system have no such parameter: "" means the system.
const std::string& owner_of(const Call& call) {
  return call.param("project");
}

std::string acl_href(const Call& call, const std::string& name) {
  const std::string& project = owner_of(call);
  const std::string folder = project.empty() ? "/system/acl/" : "/project/" + base::percent_encode(project) + "/acl/";
  return api_url(call.services, folder + base::percent_encode(name));
}

// "application/yaml" or "text/plain" when the client wants the text itself; "" for JSON. What it does not say, the type
// of its own body says.
std::string wanted_text_type(const Call& call) {
  for (const char* type : {"application/yaml", "text/yaml", "application/x-yaml", "text/x-yaml"}) {
    if (call.accepts(type)) return "application/yaml";
  }
  if (call.accepts("text/plain")) return "text/plain";
  const std::string accept = call.request.header_or("Accept", "");
  const bool open = accept.empty() || accept.find("json") == std::string::npos;
  if (!open || call.request.body.empty() || call.has_json_body()) return {};
  return call.request.content_type() == "text/plain" ? "text/plain" : "application/yaml";
}

http::Response content_answer(const Call& call, const std::string& content, int status) {
  const std::string type = wanted_text_type(call);
  if (type.empty()) return json_answer(JsonObject{{"contents", content}}, status);
  return http::Response::text(status, content, type + ";charset=UTF-8");
}

http::Response list_policies(Call& call) {
  const auto names = call.services.policies.list(call.who, owner_of(call));
  return answer(names, [&](const std::vector<std::string>& found) {
    JsonArray resources;
    for (const std::string& name : found) {
      resources.push_back(JsonObject{{"path", name}, {"type", "file"}, {"href", acl_href(call, name)}, {"name", name}});
    }
    return json_answer(JsonObject{
        {"path", ""}, {"type", "directory"}, {"href", acl_href(call, "")}, {"resources", std::move(resources)}});
  });
}

http::Response get_policy(Call& call) {
  const auto content = call.services.policies.content(call.who, owner_of(call), call.param("name"));
  return answer(content, [&](const std::string& text) { return content_answer(call, text, 200); });
}

http::Response save_policy(Call& call, bool create) {
  const auto content = policy_text(call);
  if (!content) return error_answer(content.error());
  auto& policies = call.services.policies;
  const std::string& name = call.param("name");
  const auto saved = create ? policies.create(call.who, owner_of(call), name, *content)
                            : policies.update(call.who, owner_of(call), name, *content);
  return answer(saved, [&](const std::vector<acl::PolicyFlaws>& flaws) {
    if (!flaws.empty()) return json_answer(validation_json(flaws), 400);
    return content_answer(call, *content, create ? 201 : 200);
  });
}

http::Response create_policy(Call& call) {
  return save_policy(call, true);
}
http::Response update_policy(Call& call) {
  return save_policy(call, false);
}

http::Response delete_policy(Call& call) {
  return answer(call.services.policies.remove(call.who, owner_of(call), call.param("name")), no_content);
}

}  // namespace

const std::vector<Route>& acl_routes() {
  static const std::vector<Route> kRoutes{
      {"GET", "system/acl", 14, {"system_acl", "read"}, list_policies},
      {"GET", "system/acl/{name*}", 14, {"system_acl", "read"}, get_policy},
      {"POST", "system/acl/{name*}", 14, {"system_acl", "create"}, create_policy},
      {"PUT", "system/acl/{name*}", 14, {"system_acl", "update"}, update_policy},
      {"DELETE", "system/acl/{name*}", 14, {"system_acl", "delete"}, delete_policy},
      {"GET", "project/{project}/acl", 14, {"project_acl", "read"}, list_policies},
      {"GET", "project/{project}/acl/{name*}", 14, {"project_acl", "read"}, get_policy},
      {"POST", "project/{project}/acl/{name*}", 14, {"project_acl", "create"}, create_policy},
      {"PUT", "project/{project}/acl/{name*}", 14, {"project_acl", "update"}, update_policy},
      {"DELETE", "project/{project}/acl/{name*}", 14, {"project_acl", "delete"}, delete_policy},
  };
  return kRoutes;
}

}  // namespace qd::api
