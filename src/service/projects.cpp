#include "service/projects.hpp"

#include "base/text.hpp"
#include "service/access.hpp"
#include "service/errors.hpp"

namespace qd::service {
namespace {

constexpr std::size_t kMaxFileBytes = 1u << 20;

// The project's name is a column of its own: a file that repeats it is right, one that says another is not.
Result<> clean_config(const std::string& name, ProjectConfig& config) {
  const auto given = config.find("project.name");
  if (given == config.end()) return {};
  if (given->second != name) {
    return fail(ErrorKind::invalid, "The configuration says project.name=" + given->second + ", but the project is " +
                                        name + ". Leave project.name out, or write the same name.");
  }
  config.erase(given);
  return {};
}

ProjectConfig shown_config(const model::Project& project) {
  ProjectConfig config = project.config;
  config["project.name"] = project.name;
  return config;
}

}  // namespace

std::vector<model::Project> Projects::list(const auth::Identity& who) {
  std::vector<model::Project> visible;
  for (model::Project& project : projects_.list()) {
    if (allowed(who, {"project", "read", project.name})) visible.push_back(std::move(project));
  }
  return visible;
}

Result<model::Project> Projects::find_for(const auth::Identity& who, const std::string& name,
                                          const std::string& action) {
  auto project = projects_.find(name);
  if (!project) return no_such_project(name);
  if (auto right = require(who, {"project", action, name}, "Project", name); !right) return fail(right.error());
  return std::move(*project);
}

Result<model::Project> Projects::find(const auth::Identity& who, const std::string& name) {
  return find_for(who, name, "read");
}

Result<model::Project> Projects::create(const auth::Identity& who, const std::string& name, ProjectConfig config) {
  if (auto right = require(who, {"project", "create", ""}, "Project", name); !right) return fail(right.error());
  if (name.empty())
    return fail(ErrorKind::invalid, "Invalid API Request: the JSON body must hold the project's 'name'",
                "api.error.invalid.request");
  if (!model::valid_project_name(name)) {
    return fail(
        ErrorKind::invalid,
        "project name contains illegal characters: use letters, digits and . _ - + only, and do not start with a dot. "
        "The name given was: " +
            name,
        "project.name.can.only.contain.these.characters");
  }
  if (auto clean = clean_config(name, config); !clean) return fail(clean.error());
  model::Project project{name, std::move(config), clock_.now()};
  if (!projects_.create(project)) {
    return fail(ErrorKind::conflict, "project already exists: " + name, "api.error.item.alreadyexists");
  }
  audit_.record(who, {audit::kCreate, audit::kProject, name, name});
  return project;
}

Result<> Projects::remove(const auth::Identity& who, const std::string& name) {
  if (auto project = find_for(who, name, "delete"); !project) return fail(project.error());
  store::ExecutionQuery running;
  running.project = name;
  running.running_only = true;
  running.max = 1;
  if (executions_.query(running).total > 0) {
    return fail(ErrorKind::conflict,
                "Project " + name + " has running executions. Abort them or wait for their end, then delete it.");
  }
  if (!projects_.remove(name)) return no_such_project(name);
  audit_.record(who, {audit::kDelete, audit::kProject, name, name});
  return {};
}

Result<ProjectConfig> Projects::config(const auth::Identity& who, const std::string& name) {
  return find_for(who, name, "configure").map(shown_config);
}

Result<ProjectConfig> Projects::replace_config(const auth::Identity& who, const std::string& name,
                                               ProjectConfig config) {
  auto project = find_for(who, name, "configure");
  if (!project) return fail(project.error());
  if (auto clean = clean_config(name, config); !clean) return fail(clean.error());
  if (!projects_.set_config(name, config)) return no_such_project(name);
  audit_.record(who, {audit::kUpdate, audit::kProject, name, name, "configuration"});
  project->config = std::move(config);
  return shown_config(*project);
}

Result<ProjectConfig> Projects::merge_config(const auth::Identity& who, const std::string& name,
                                             const ProjectConfig& put) {
  if (auto project = find_for(who, name, "configure"); !project) return fail(project.error());
  ProjectConfig changed = put;
  if (auto clean = clean_config(name, changed); !clean) return fail(clean.error());
  if (!projects_.change_config(name, changed, {})) return no_such_project(name);
  audit_.record(who, {audit::kUpdate, audit::kProject, name, name, "configuration"});
  return config(who, name);
}

Result<std::string> Projects::config_value(const auth::Identity& who, const std::string& name, const std::string& key) {
  auto all = config(who, name);
  if (!all) return fail(all.error());
  const auto found = all->find(key);
  if (found == all->end()) return no_such("property", key);
  return found->second;
}

Result<> Projects::set_config_value(const auth::Identity& who, const std::string& name, const std::string& key,
                                    const std::string& value) {
  return merge_config(who, name, {{key, value}}).map([](const ProjectConfig&) {});
}

Result<> Projects::remove_config_value(const auth::Identity& who, const std::string& name, const std::string& key) {
  if (auto project = find_for(who, name, "configure"); !project) return fail(project.error());
  if (!projects_.change_config(name, {}, {key})) return no_such_project(name);
  audit_.record(who, {audit::kUpdate, audit::kProject, name, name, "configuration: " + key});
  return {};
}

Result<std::string> Projects::file(const auth::Identity& who, const std::string& name, const std::string& path) {
  if (auto project = find_for(who, name, "read"); !project) return fail(project.error());
  auto content = projects_.file(name, path);
  if (!content) return no_such("resource", path);
  return std::move(*content);
}

Result<> Projects::put_file(const auth::Identity& who, const std::string& name, const std::string& path,
                            const std::string& content) {
  if (auto project = find_for(who, name, "configure"); !project) return fail(project.error());
  if (content.size() > kMaxFileBytes) {
    return fail(ErrorKind::too_large, path + " has " + std::to_string(content.size()) + " bytes; at most " +
                                          std::to_string(kMaxFileBytes) + " are kept.");
  }
  if (content.empty()) {
    return fail(ErrorKind::invalid, "The new content of " + path + " is empty. To remove the file, send DELETE.");
  }
  if (!base::valid_utf8(content)) return fail(ErrorKind::invalid, path + " is not valid UTF-8 text.");
  projects_.put_file(name, path, content);
  audit_.record(who, {audit::kUpdate, audit::kProject, name, name, "file: " + path});
  return {};
}

Result<> Projects::remove_file(const auth::Identity& who, const std::string& name, const std::string& path) {
  if (auto project = find_for(who, name, "configure"); !project) return fail(project.error());
  projects_.remove_file(name, path);
  audit_.record(who, {audit::kUpdate, audit::kProject, name, name, "file removed: " + path});
  return {};
}

}  // namespace qd::service
