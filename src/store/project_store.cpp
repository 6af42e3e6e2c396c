#include "store/project_store.hpp"

#include "codec/execution_codec.hpp"
#include "store/acl_store.hpp"
#include "store/execution_counts.hpp"
#include "store/sql_text.hpp"

namespace qd::store {
namespace {

constexpr const char* select_projects = "SELECT name, config, created_ms FROM project ORDER BY name";
constexpr const char* select_project = "SELECT name, config, created_ms FROM project WHERE name = ?";
constexpr const char* select_project_of_job =
    "SELECT p.name, p.config, p.created_ms, p.version, j.revision, j.created_ms FROM job j JOIN project p ON p.name = "
    "j.project WHERE j.uuid = ?";
constexpr const char* insert_project = "INSERT INTO project (name, config, created_ms, version) VALUES (?, ?, ?, 1)";
constexpr const char* update_config = "UPDATE project SET config = ?, version = version + 1 WHERE name = ?";
// Takes the row's lock, so that the configuration read next is changed by nobody else.
constexpr const char* lock_project = "UPDATE project SET version = version + 1 WHERE name = ?";
constexpr const char* select_file = "SELECT content FROM project_file WHERE project = ? AND path = ?";
constexpr const char* select_files = "SELECT path, content FROM project_file WHERE project = ?";
constexpr const char* update_file = "UPDATE project_file SET content = ? WHERE project = ? AND path = ?";
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
    "DELETE FROM archive_task WHERE project = ?",
    "DELETE FROM webhook_delivery WHERE webhook_id IN (SELECT id FROM webhook WHERE project = ?)",
    "DELETE FROM webhook WHERE project = ?",
    "DELETE FROM job_scm WHERE project = ?",
    "UPDATE log_storage SET state = 'removing', attempts = 0, due_ms = 0, claimed_ms = 0 WHERE project = ?",
};

std::string config_place(const std::string& project) {
  return "projects/" + project + "/etc/project.properties";
}

std::string file_place(const std::string& project, const std::string& path) {
  return "projects/" + project + "/" + path;
}

}  // namespace

ProjectStore::ProjectStore(Database& database, TextSeal seal) : database_(database), seal_(std::move(seal)) {}

model::Project ProjectStore::read(const Row& row) const {
  const auto name = row.text(0);
  return {
      .name = name, .config = codec::decode_map(opened(config_place(name), row.text(1))), .created = row.integer(2)};
}

TextSeal::Ready ProjectStore::ready() const {
  if (seal_.ready) return seal_.ready();
  return {[](const std::string&, const std::string& text) { return text; }, [](const std::string&) { return true; }};
}

std::string ProjectStore::opened(const std::string& place, const std::string& kept) const {
  return seal_.open ? seal_.open(place, kept) : kept;
}

std::vector<model::Project> ProjectStore::list() {
  std::vector<model::Project> projects;
  for (const auto& row : database_.query(select_projects)) projects.push_back(read(row));
  return projects;
}

std::optional<model::Project> ProjectStore::find(const std::string& name) {
  const auto rows = database_.query(select_project, {name});
  if (rows.empty()) return std::nullopt;
  return read(rows.front());
}

std::optional<ProjectStore::OfJob> ProjectStore::of_job(const std::string& job_uuid) {
  const auto rows = database_.query(select_project_of_job, {job_uuid});
  if (rows.empty()) return std::nullopt;
  const auto& row = rows.front();
  return OfJob{read(row), {{row.integer(4), row.integer(5)}, row.integer(3), row.integer(2)}};
}

bool ProjectStore::create(const model::Project& project) {
  try {
    const auto config = ready().close(config_place(project.name), codec::encode_map(project.config));
    database_.execute(insert_project, {project.name, config, project.created});
    return true;
  } catch (const UniqueViolation&) {
    return false;
  }
}

bool ProjectStore::set_config(const std::string& name, const std::map<std::string, std::string>& config) {
  const auto kept = ready().close(config_place(name), codec::encode_map(config));
  return database_.execute(update_config, {kept, name}) > 0;
}

bool ProjectStore::change_config(const std::string& name, const std::map<std::string, std::string>& put,
                                 const std::vector<std::string>& remove) {
  if (!find(name)) return false;  // after it the key is known, and the transaction asks for nothing else
  const auto seal = ready();
  bool found = false;
  database_.transact([&](Session& session) {
    found = session.execute(lock_project, {name}) > 0;
    if (!found) return;
    auto config = read(session.query(select_project, {name}).at(0)).config;
    for (const auto& key : remove) config.erase(key);
    for (const auto& [key, value] : put) config[key] = value;
    session.execute(update_config, {seal.close(config_place(name), codec::encode_map(config)), name});
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
  return opened(file_place(project, path), rows.front().text(0));
}

void ProjectStore::put_file(const std::string& project, const std::string& path, const std::string& content) {
  database_.execute(
      upsert_sql(database_.dialect(), "project_file", {"project", "path", "content"}, "project, path", {"content"}),
      {project, path, ready().close(file_place(project, path), content)});
}

bool ProjectStore::remove_file(const std::string& project, const std::string& path) {
  return database_.execute(delete_file, {project, path}) > 0;
}

ProjectStore::Resealed ProjectStore::reseal(const std::string& project) {
  if (!find(project)) return {};
  for (const auto& row : database_.query(select_files, {project}))
    opened(file_place(project, row.text(0)), row.text(1));
  const auto seal = ready();
  Resealed done;
  database_.transact([&](Session& session) {
    done = {};
    if (session.execute(lock_project, {project}) == 0) return;
    const auto kept = session.query(select_project, {project}).at(0).text(1);
    ++done.checked;
    if (!seal.fresh(kept)) {
      const auto place = config_place(project);
      session.execute(update_config, {seal.close(place, opened(place, kept)), project});
      ++done.changed;
    }
    for (const auto& row : session.query(select_files, {project})) {
      ++done.checked;
      if (seal.fresh(row.text(1))) continue;
      const auto place = file_place(project, row.text(0));
      session.execute(update_file, {seal.close(place, opened(place, row.text(1))), project, row.text(0)});
      ++done.changed;
    }
  });
  return done;
}

}  // namespace qd::store
