#include "store/job_scm_store.hpp"

#include "store/sql_text.hpp"

namespace qd::store {
namespace {

constexpr const char* select_scm_project =
    "SELECT project, job_uuid, integration, path, job_name, job_group, commit_id, source_uuid, url, revision "
    "FROM job_scm WHERE project = ? AND integration = ? ORDER BY job_uuid";
constexpr const char* select_job_scm =
    "SELECT project, job_uuid, integration, path, job_name, job_group, commit_id, source_uuid, url, revision "
    "FROM job_scm WHERE job_uuid = ? AND integration = ?";
constexpr const char* delete_job_scm = "DELETE FROM job_scm WHERE job_uuid = ? AND integration = ?";
constexpr const char* delete_scm_project = "DELETE FROM job_scm WHERE project = ? AND integration = ?";

std::string save_job_scm(Dialect dialect) {
  return upsert_sql(dialect, "job_scm",
                    {"project", "job_uuid", "integration", "path", "job_name", "job_group", "commit_id", "source_uuid",
                     "url", "revision"},
                    "job_uuid, integration",
                    {"project", "path", "job_name", "job_group", "commit_id", "source_uuid", "url", "revision"});
}

JobScm read_job_scm(const Row& row) {
  return {row.text(0), row.text(1), row.text(2), row.text(3), row.text(4),
          row.text(5), row.text(6), row.text(7), row.text(8), row.integer(9)};
}

}  // namespace

std::vector<JobScm> JobScmStore::list(const std::string& project, const std::string& integration) {
  std::vector<JobScm> rows;
  for (const auto& row : database_.query(select_scm_project, {project, integration})) rows.push_back(read_job_scm(row));
  return rows;
}

std::optional<JobScm> JobScmStore::find(const std::string& job_uuid, const std::string& integration) {
  const auto rows = database_.query(select_job_scm, {job_uuid, integration});
  if (rows.empty()) return std::nullopt;
  return read_job_scm(rows.front());
}

void JobScmStore::save(const JobScm& row) {
  database_.execute(save_job_scm(database_.dialect()), {row.project, row.job_uuid, row.integration, row.path, row.name,
                                                        row.group, row.commit, row.source_uuid, row.url, row.revision});
}

void JobScmStore::remove(const std::string& job_uuid, const std::string& integration) {
  database_.execute(delete_job_scm, {job_uuid, integration});
}

void JobScmStore::remove_all(const std::string& project, const std::string& integration) {
  database_.execute(delete_scm_project, {project, integration});
}

}  // namespace qd::store
