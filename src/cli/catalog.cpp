#include "cli/catalog.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "cli/verbs.hpp"

namespace qd::cli {
namespace {

std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({change, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

const Commands& catalog() {
  static const Commands all = [] {
    Commands commands;
    for (Commands (*table)() : {run_commands,
                                adhoc_commands,
                                job_commands,
                                job_toggle_commands,
                                job_schedule_commands,
                                job_file_commands,
                                execution_commands,
                                execution_delete_commands,
                                project_commands,
                                project_config_commands,
                                project_readme_commands,
                                project_archive_commands,
                                project_scm_commands,
                                node_commands,
                                system_commands,
                                project_schedule_commands,
                                cluster_commands,
                                metrics_commands,
                                token_commands,
                                user_commands,
                                stored_policy_commands,
                                policy_file_commands,
                                local_user_commands,
                                audit_commands,
                                key_commands,
                                plugin_commands,
                                shell_commands}) {
      for (Command& command : table()) commands.push_back(std::move(command));
    }
    return commands;
  }();
  return all;
}

const Command* find_command(const std::vector<std::string>& words, std::size_t& length) {
  for (length = std::min<std::size_t>(words.size(), 3); length > 0; --length) {
    const std::string path = base::join({words.begin(), words.begin() + static_cast<std::ptrdiff_t>(length)}, " ");
    for (const Command& command : catalog()) {
      if (command.path == path) return &command;
    }
  }
  return nullptr;
}

std::vector<std::string> names_below(const std::string& prefix) {
  const std::string start = prefix.empty() ? "" : prefix + " ";
  std::vector<std::string> names;
  for (const Command& command : catalog()) {
    if (!command.path.starts_with(start)) continue;
    const std::string name = command.path.substr(start.size(), command.path.find(' ', start.size()) - start.size());
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

bool is_group(const std::string& path) {
  return std::any_of(catalog().begin(), catalog().end(),
                     [&](const Command& c) { return c.path.starts_with(path + " "); });
}

std::string group_summary(const std::string& path) {
  static const std::map<std::string, std::string> summaries{
      {"jobs", "List, load, save, switch and delete jobs."},
      {"executions", "Find, follow, abort and delete executions."},
      {"projects", "List, create, configure and delete projects."},
      {"projects configure", "Read and write the configuration of a project."},
      {"projects readme", "Read and write the readme and the message of the day of a project."},
      {"projects scm", "Keep the jobs of a project in git repositories."},
      {"projects archives", "Write projects to archives, and take archives into projects."},
      {"nodes", "List nodes."},
      {"system", "Show and switch the server."},
      {"projects acls", "List, read and write the access policies of a project."},
      {"system acls", "List, read and write the access policies of the system."},
      {"acl", "Check, test, list and write access policies in files."},
      {"schedules", "List, load, assign and delete the schedules of a project."},
      {"cluster", "Show the members of the cluster, and switch them."},
      {"scheduler", "Show who owns schedules, and take them over."},
      {"metrics", "Show figures and checks of the server."},
      {"jobs files", "Upload files for options of jobs, and list them."},
      {"system mode", "Show and switch whether the server runs executions."},
      {"tokens", "Create and manage API tokens."},
      {"users local", "Make and change users whose passwords are in the database."},
      {"audit", "Read the audit trail."},
      {"keys", "List, read, store and delete keys and passwords of the key storage."},
      {"plugins", "List plugins."},
      {"users", "Show and change profiles of users."},
  };
  const auto found = summaries.find(path);
  return found == summaries.end() ? std::string() : found->second;
}

std::string most_like(const std::string& word, const std::vector<std::string>& names) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(word.size() / 2, 1) + 1;
  for (const std::string& name : names) {
    const std::size_t distance = name.starts_with(word) ? 0 : edit_distance(word, name);
    if (distance < best_distance) {
      best = name;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace qd::cli
