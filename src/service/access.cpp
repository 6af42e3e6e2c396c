#include "service/access.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "acl/rights.hpp"

namespace qd::service {
namespace {

using Actions = std::span<const std::string_view>;

constexpr std::array<std::string_view, 2> kAdmins{"admin", "app_admin"};
constexpr std::array<std::string_view, 3> kAllAdmins{"admin", "app_admin", "ops_admin"};
constexpr std::array<std::string_view, 2> kOperators{"admin", "ops_admin"};
constexpr std::array<std::string_view, 3> kReaders{"read", "admin", "app_admin"};
constexpr std::array<std::string_view, 3> kViewers{"view", "admin", "app_admin"};
constexpr std::array<std::string_view, 2> kWatchers{"read", "view"};
constexpr std::array<std::string_view, 3> kImporters{"import", "admin", "app_admin"};
constexpr std::array<std::string_view, 3> kExporters{"export", "admin", "app_admin"};
constexpr std::array<std::string_view, 1> kCreators{"create"};
constexpr std::array<std::string_view, 1> kUpdaters{"update"};
constexpr std::array<std::string_view, 1> kDeleters{"delete"};
constexpr std::array<std::string_view, 3> kTokenMakers{"generate_service_token", "admin", "app_admin"};

bool is_kind_of_application(std::string_view resource) {
  constexpr std::array<std::string_view, 6> kinds{"system", "system_acl", "user", "apitoken", "plugin", "runner"};
  return std::find(kinds.begin(), kinds.end(), resource) != kinds.end();
}

// One question to the policies.
struct Question {
  std::string project;
  std::string type;
  acl::Attributes attributes;
};

Question of_kind(std::string project, const std::string& kind) {
  return {std::move(project), "resource", {{"kind", kind}}};
}

Question question_of(const Decision& decision) {
  const std::string& resource = decision.resource;
  if (is_kind_of_application(resource) && decision.attributes.empty()) return of_kind("", resource);
  if (resource == "apitoken" || resource == "runner" || resource == "storage")
    return {"", resource, decision.attributes};
  if (resource == "project" || resource == "project_acl") {
    if (decision.project.empty()) return of_kind("", resource);
    return {"", resource, {{"name", decision.project}}};
  }
  if (resource == "adhoc") return {decision.project, "adhoc", {}};
  if (resource == "execution") {
    if (decision.action == "delete_execution") return {"", "project", {{"name", decision.project}}};
    return of_kind(decision.project, "event");
  }
  if (decision.attributes.empty()) return of_kind(decision.project, resource);
  return {decision.project, resource, decision.attributes};
}

Actions on_job(std::string_view action, bool of_application) {
  if (of_application) return kOperators;
  if (action == "view") return kReaders;
  if (action == "view_history") return kWatchers;
  if (action == "scm_create") return kCreators;
  if (action == "scm_update") return kUpdaters;
  if (action == "scm_delete") return kDeleters;
  if (action == "read" || action == "kill" || action == "killAs") return kAdmins;
  return {};
}

// The other actions that contain this one.
Actions containing(const Decision& decision) {
  const std::string& resource = decision.resource;
  const std::string& action = decision.action;
  if (resource == "system" || resource == "plugin") return kAllAdmins;
  if (resource == "job") return on_job(action, decision.project.empty());
  if (resource == "adhoc") {
    if (action == "read") return kViewers;
    if (action == "view") return kReaders;
    return action == "kill" || action == "killAs" ? Actions(kAdmins) : Actions();
  }
  if (action == "scm_import") return kImporters;
  if (action == "scm_export") return kExporters;
  if (action == "generate_user_token") return kTokenMakers;
  const bool plain = resource == "node" || resource == "event" || resource == "storage" ||
                     (resource == "execution" && action != "delete_execution");
  return plain ? Actions() : Actions(kAdmins);
}

bool any_allowed(const acl::Rights& rights, const Question& question, const std::string& action, Actions others) {
  const auto may = [&](std::string_view one) {
    return rights.decide(question.project, question.type, question.attributes, one).allowed();
  };
  return may(action) || std::any_of(others.begin(), others.end(), may);
}

// "P" of the path keys/project/P/…
std::string project_of_key(const acl::Attributes& attributes) {
  constexpr std::string_view kPrefix = "keys/project/";
  const auto found = attributes.find("path");
  if (found == attributes.end()) return {};
  const auto* path = std::get_if<std::string>(&found->second);
  if (path == nullptr || !path->starts_with(kPrefix)) return {};
  return path->substr(kPrefix.size(), path->find('/', kPrefix.size()) - kPrefix.size());
}

// Keys below keys/project/P can be allowed in both contexts, and what one denies the other cannot allow.
bool storage_allowed(const acl::Rights& rights, const Decision& decision) {
  const auto everywhere = rights.decide("", "storage", decision.attributes, decision.action);
  const std::string project = project_of_key(decision.attributes);
  if (project.empty()) return everywhere.allowed();
  const auto here = rights.decide(project, "storage", decision.attributes, decision.action);
  using Outcome = acl::Verdict::Outcome;
  if (everywhere.outcome == Outcome::denied || here.outcome == Outcome::denied) return false;
  return everywhere.allowed() || here.allowed();
}

}  // namespace

bool allowed(const auth::Identity& identity, const Decision& decision) {
  if (!identity.rights) return false;
  if (decision.resource == "storage") return storage_allowed(*identity.rights, decision);
  return any_allowed(*identity.rights, question_of(decision), decision.action, containing(decision));
}

tl::unexpected<Error> unauthorized(const std::string& action, const std::string& what, const std::string& id) {
  return fail(ErrorKind::unauthorized, "Not authorized for action \"" + action + "\" for " + what + " " + id,
              "api.error.item.unauthorized");
}

Result<> require(const auth::Identity& identity, const Decision& decision, const std::string& what,
                 const std::string& id) {
  if (allowed(identity, decision)) return {};
  return unauthorized(decision.action, what, id);
}

Decision storage_decision(const std::string& path, const std::string& action) {
  const std::size_t slash = path.rfind('/');
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  return {"storage", action, "", {{"path", path}, {"name", name}}};
}

Decision execution_decision(const model::Execution& execution, const std::string& action) {
  if (execution.job_uuid.empty()) return {"adhoc", action, execution.project};
  return {"job",
          action,
          execution.project,
          {{"name", execution.job_name}, {"group", execution.job_group}, {"uuid", execution.job_uuid}}};
}

Decision node_decision(const std::string& project, const model::Node& node, const std::string& server_node,
                       const std::string& action) {
  Decision decision{"node", action, project, {}};
  for (const auto& [name, value] : node.attributes) decision.attributes[name] = value;
  decision.attributes["nodename"] = node.name;
  decision.attributes["tags"] = std::vector<std::string>(node.tags.begin(), node.tags.end());
  decision.attributes["rundeck_server"] = node.name == server_node ? "true" : "false";
  return decision;
}

}  // namespace qd::service
