#include "store/acl_store.hpp"

#include "base/text.hpp"
#include "store/setting_store.hpp"

namespace qd::store {
namespace {

constexpr const char* acl_version_key = "acl.version";
constexpr const char* select_acl_names = "SELECT name FROM acl_policy WHERE project = ? ORDER BY name";
constexpr const char* select_all_acls =
    "SELECT project, name, content, updated_ms, updated_by FROM acl_policy ORDER BY project, name";
constexpr const char* select_acl =
    "SELECT project, name, content, updated_ms, updated_by FROM acl_policy WHERE project = ? AND name = ?";
constexpr const char* insert_acl =
    "INSERT INTO acl_policy (project, name, content, updated_ms, updated_by) VALUES (?, ?, ?, ?, ?)";
constexpr const char* update_acl =
    "UPDATE acl_policy SET content = ?, updated_ms = ?, updated_by = ? WHERE project = ? AND name = ?";
constexpr const char* delete_acl = "DELETE FROM acl_policy WHERE project = ? AND name = ?";
constexpr const char* delete_project_acls = "DELETE FROM acl_policy WHERE project = ?";

AclText read_acl(const Row& row) {
  return {.project = row.text(0),
          .name = row.text(1),
          .content = row.text(2),
          .updated = row.integer(3),
          .updated_by = row.text(4)};
}

}  // namespace

AclStore::AclStore(Database& database) : database_(database) {}

std::vector<std::string> AclStore::names(const std::string& project) {
  std::vector<std::string> names;
  for (const auto& row : database_.query(select_acl_names, {project})) names.push_back(row.text(0));
  return names;
}

std::vector<AclText> AclStore::all() {
  std::vector<AclText> policies;
  for (const auto& row : database_.query(select_all_acls)) policies.push_back(read_acl(row));
  return policies;
}

std::optional<AclText> AclStore::find(const std::string& project, const std::string& name) {
  const auto rows = database_.query(select_acl, {project, name});
  if (rows.empty()) return std::nullopt;
  return read_acl(rows.front());
}

std::int64_t AclStore::version() {
  const auto value = SettingStore(database_).get(acl_version_key);
  return value ? base::parse_int(*value).value_or(0) : 0;
}

bool AclStore::create(const AclText& policy) {
  try {
    database_.transact([&](Session& session) {
      session.execute(insert_acl, {policy.project, policy.name, policy.content, policy.updated, policy.updated_by});
      SettingStore::increment(session, acl_version_key);
    });
    return true;
  } catch (const UniqueViolation&) {
    return false;
  }
}

bool AclStore::update(const AclText& policy) {
  bool found = false;
  database_.transact([&](Session& session) {
    found = session.execute(update_acl,
                            {policy.content, policy.updated, policy.updated_by, policy.project, policy.name}) > 0;
    if (found) SettingStore::increment(session, acl_version_key);
  });
  return found;
}

bool AclStore::remove(const std::string& project, const std::string& name) {
  bool found = false;
  database_.transact([&](Session& session) {
    found = session.execute(delete_acl, {project, name}) > 0;
    if (found) SettingStore::increment(session, acl_version_key);
  });
  return found;
}

void AclStore::remove_project(Session& session, const std::string& project) {
  if (session.execute(delete_project_acls, {project}) > 0) SettingStore::increment(session, acl_version_key);
}

}  // namespace qd::store
