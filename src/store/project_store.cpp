#include "store/project_store.hpp"

#include "codec/execution_codec.hpp"
#include "store/acl_store.hpp"
#include "store/execution_counts.hpp"
#include "store/sql_text.hpp"

namespace qd::store {
namespace {

constexpr const char* select_projects = "SELECT name, config, created_ms FROM project ORDER BY name";
constexpr const char* select_project = "SELECT name, config, created_ms FROM project WHERE name = ?";
constexpr const char* insert_project = "INSERT INTO project (name, config, created_ms, version) VALUES (?, ?, ?, 1)";
constexpr const char* update_config = "UPDATE project SET config = ?, version = version + 1 WHERE name = ?";
// Takes the row's lock, so that the configuration read next is changed by nobody else.
constexpr const char* lock_project = "UPDATE project SET version = version + 1 WHERE name = ?";
constexpr const char* select_file = "SELECT content FROM project_file WHERE project = ? AND path = ?";
constexpr const char* delete_file = "DELETE FROM project_file WHERE project = ? AND path = ?";
constexpr const char* delete_project = "DELETE FROM project WHERE name = ?";
constexpr const char* delete_children[] = {
    "DELETE FROM job_revision WHERE job_uuid IN (SELECT uuid FROM job WHERE project = ?)",
    "DELETE FROM job WHERE project = ?",
    "DELETE FROM execution WHERE project = ?",
    "DELETE FROM upload_content WHERE upload_id IN (SELECT id FROM upload WHERE project = ?)",
    "DELETE FROM upload WHERE project = ?",
    "DELETE FROM project_file WHERE project = ?",
    "DELETE FROM schedule WHERE project = ?",
    "DELETE FROM fire WHERE project = ?",
    "DELETE FROM project_schedule WHERE project = ?",
    "DELETE FROM calendar WHERE project = ?",
    "UPDATE log_storage SET state = 'removing', attempts = 0, due_ms = 0, claimed_ms = 0 WHERE project = ?",
};

model::Project read_project(const Row& row) {
  return {.name = row.text(0), .config = codec::decode_map(row.text(1)), .created = row.integer(2)};
}

}  // namespace

ProjectStore::ProjectStore(Database& database) : database_(database) {}

std::vector<model::Project> ProjectStore::list() {
  std::vector<model::Project> projects;
  for (const auto& row : database_.query(select_projects)) projects.push_back(read_project(row));
  return projects;
}

std::optional<model::Project> ProjectStore::find(const std::string& name) {
  const auto rows = database_.query(select_project, {name});
  if (rows.empty()) return std::nullopt;
  return read_project(rows.front());
}

bool ProjectStore::create(const model::Project& project) {
  try {
    database_.execute(insert_project, {project.name, codec::encode_map(project.config), project.created});
    return true;
  } catch (const UniqueViolation&) {
    return false;
  }
}

bool ProjectStore::set_config(const std::string& name, const std::map<std::string, std::string>& config) {
  return database_.execute(update_config, {codec::encode_map(config), name}) > 0;
}

bool ProjectStore::change_config(const std::string& name, const std::map<std::string, std::string>& put,
                                 const std::vector<std::string>& remove) {
  bool found = false;
  database_.transact([&](Session& session) {
    found = session.execute(lock_project, {name}) > 0;
    if (!found) return;
    auto config = read_project(session.query(select_project, {name}).at(0)).config;
    for (const auto& key : remove) config.erase(key);
    for (const auto& [key, value] : put) config[key] = value;
    session.execute(update_config, {codec::encode_map(config), name});
  });
  return found;
}

bool ProjectStore::remove(const std::string& name) {
  bool found = false;
  database_.transact([&](Session& session) {
    found = session.execute(delete_project, {name}) > 0;
    if (!found) return;
    for (const char* sql : delete_children) session.execute(sql, {name});
    ExecutionCounts::note_removal(session);
    AclStore::remove_project(session, name);
  });
  return found;
}

std::optional<std::string> ProjectStore::file(const std::string& project, const std::string& path) {
  const auto rows = database_.query(select_file, {project, path});
  if (rows.empty()) return std::nullopt;
  return rows.front().text(0);
}

void ProjectStore::put_file(const std::string& project, const std::string& path, const std::string& content) {
  database_.execute(
      upsert_sql(database_.dialect(), "project_file", {"project", "path", "content"}, "project, path", {"content"}),
      {project, path, content});
}

bool ProjectStore::remove_file(const std::string& project, const std::string& path) {
  return database_.execute(delete_file, {project, path}) > 0;
}

}  // namespace qd::store
