#include "api/route_right.hpp"

#include <algorithm>
#include <array>

#include "service/access.hpp"
#include "service/errors.hpp"

namespace qd::api {
namespace {

struct Words {
  std::string_view resource;
  const char* what;
  const char* id;  // nullptr: the project's name
};
constexpr std::array<Words, 11> kWords{{{"project", "Project", nullptr},
                                        {"project_acl", "ACL for Project", nullptr},
                                        {"adhoc", "Project", nullptr},
                                        {"event", "Events in project", nullptr},
                                        {"webhook", "Webhooks in project", nullptr},
                                        {"system", "System", "Rundeck"},
                                        {"system_acl", "Rundeck System ACLs", ""},
                                        {"user", "User", "accounts"},
                                        {"plugin", "System", "plugins"},
                                        {"runner", "System", "runners"},
                                        {"job", "Jobs of", "all projects"}}};
constexpr std::size_t kWithProject = 5;  // the first of the words

const Words* words_of(std::string_view resource) {
  const auto* found =
      std::find_if(kWords.begin(), kWords.end(), [&](const Words& words) { return words.resource == resource; });
  return found == kWords.end() ? nullptr : found;
}

}  // namespace

bool decided_by_path(const Needs& needs, bool has_project) {
  if (*needs.action == '\0' || needs.judge == Needs::Judge::use_case) return false;
  const Words* words = words_of(needs.resource);
  if (words == nullptr) return false;
  const std::string_view resource = needs.resource, action = needs.action;
  if (resource == "job") return action == "admin" && !has_project;
  if (words >= kWords.begin() + kWithProject) return true;
  return has_project || (resource == "project" && action == "create");
}

Result<> right_to(const Needs& needs, const Call& call) {
  const std::string& project = call.param("project");
  if (!decided_by_path(needs, !project.empty())) return {};
  const service::Decision decision{needs.resource, needs.action, project};
  if (service::allowed(call.who, decision)) return {};
  const Words& words = *words_of(needs.resource);
  if (!project.empty() && !call.services.projects.exists(project)) return service::no_such_project(project);
  return service::unauthorized(needs.action, words.what, words.id == nullptr ? project : words.id);
}

}  // namespace qd::api
