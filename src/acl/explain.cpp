#include "acl/explain.hpp"

#include "acl/catalog.hpp"
#include "base/text.hpp"

namespace qd::acl {
namespace {

std::string attribute(const Resource& resource, const char* name) {
  const auto found = resource.attributes.find(name);
  if (found == resource.attributes.end()) return {};
  const auto* text = std::get_if<std::string>(&found->second);
  return text != nullptr ? *text : base::join(std::get<std::vector<std::string>>(found->second), ",");
}

// The last part of a path, and what is before it.
std::pair<std::string, std::string> split_path(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return {"", path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

// The resource of a catalog entry, when its things are named.
bool fill(const CatalogEntry& entry, const Things& things, Resource& resource) {
  resource.type = entry.type;
  if (entry.type == "resource") {
    resource.attributes["kind"] = entry.kind;
  } else if (entry.type == "project" || entry.type == "project_acl") {
    if (things.project.empty()) return false;
    resource.attributes["name"] = things.project;
  } else if (entry.type == "storage") {
    if (things.storage_path.empty()) return false;
    resource = storage_resource(things.storage_path);
  } else if (entry.type == "job") {
    if (things.job.empty() && things.job_uuid.empty()) return false;
    resource = job_resource(things.job, things.job_uuid);
  } else if (entry.type == "node") {
    if (things.node.empty() && things.tags.empty()) return false;
    if (!things.node.empty()) resource.attributes["nodename"] = things.node;
    if (!things.tags.empty()) resource.attributes["tags"] = things.tags;
  } else if (entry.type != "adhoc") {
    return false;  // tokens and runners are asked for one by one
  }
  return true;
}

}  // namespace

std::vector<Access> list_access(const Rights& rights, const Things& things) {
  std::vector<Access> list;
  for (const CatalogEntry& entry : catalog()) {
    if (!entry.application && things.project.empty()) continue;
    Resource resource;
    if (!fill(entry, things, resource)) continue;
    const std::string project = entry.application ? std::string() : things.project;
    for (const std::string& action : entry.actions) {
      list.push_back({project, resource, action, rights.decide(project, resource.type, resource.attributes, action)});
    }
  }
  return list;
}

std::vector<Grant> who_can(const Policies& policies, const std::string& project, const Resource& resource,
                           const std::string& action) {
  std::vector<Grant> grants;
  for (const auto& policy : policies) {
    if (!policy->holds_in(project)) continue;
    for (const Rule& rule : policy->rules) {
      if (rule.type != resource.type) continue;
      const bool denies = names_action(rule.deny, action);
      if (!denies && !names_action(rule.allow, action)) continue;
      if (rule.applies_to(resource.attributes, denies)) grants.push_back({policy.get(), &rule, !denies});
    }
  }
  return grants;
}

Resource job_resource(const std::string& path, const std::string& uuid) {
  Resource job{"job", {}};
  if (!path.empty()) {
    const auto [group, name] = split_path(path);
    job.attributes = {{"group", group}, {"name", name}};
  }
  if (!uuid.empty()) job.attributes["uuid"] = uuid;
  return job;
}

Resource storage_resource(const std::string& path) {
  return {"storage", {{"path", path}, {"name", split_path(path).second}}};
}

std::string describe(const Resource& resource) {
  if (resource.type == "resource") return attribute(resource, "kind");
  if (resource.type == "adhoc") return "Adhoc executions";
  if (resource.type == "project") return "project named \"" + attribute(resource, "name") + "\"";
  if (resource.type == "project_acl") return "ACL for project named \"" + attribute(resource, "name") + "\"";
  if (resource.type == "storage") return "storage path \"" + attribute(resource, "path") + "\"";
  if (resource.type == "job") {
    const std::string group = attribute(resource, "group"), name = attribute(resource, "name");
    if (name.empty()) return "Job \"" + attribute(resource, "uuid") + "\"";
    return "Job \"" + (group.empty() ? name : group + "/" + name) + "\"";
  }
  if (resource.type == "node") {
    const std::string name = attribute(resource, "nodename");
    return name.empty() ? "Node with tags \"" + attribute(resource, "tags") + "\"" : "Node \"" + name + "\"";
  }
  std::string text = resource.type;
  for (const auto& [name, value] : resource.attributes) text += " " + name + "=" + attribute(resource, name.c_str());
  return text;
}

const char* outcome_word(Verdict::Outcome outcome) {
  switch (outcome) {
    case Verdict::Outcome::allowed:
      return "ALLOWED";
    case Verdict::Outcome::denied:
      return "REJECTED_DENIED";
    case Verdict::Outcome::rejected:
      return "REJECTED";
  }
  return "REJECTED";
}

}  // namespace qd::acl
