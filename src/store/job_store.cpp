#include "store/job_store.hpp"

#include "base/text.hpp"
#include "store/condition.hpp"
#include "store/job_document.hpp"
#include "store/schedule_store.hpp"

namespace qd::store {
namespace {

#define QD_JOB_COLUMNS                                                                                       \
  "uuid, project, group_path, name, revision, created_ms, updated_ms, updated_by, server_uuid, definition, " \
  "saved_by_roles"
constexpr const char* select_jobs = "SELECT " QD_JOB_COLUMNS " FROM job";
constexpr const char* select_job = "SELECT " QD_JOB_COLUMNS " FROM job WHERE uuid = ?";
constexpr const char* select_jobs_by_name =
    "SELECT " QD_JOB_COLUMNS " FROM job WHERE project = ? AND group_path = ? AND name = ? ORDER BY id";
#undef QD_JOB_COLUMNS
constexpr const char* select_summaries =
    "SELECT uuid, project, name, group_path, description, scheduled, schedule_enabled, execution_enabled, "
    "CASE WHEN scheduled = 1 THEN (SELECT MIN(s.server_uuid) FROM schedule s WHERE s.job_uuid = job.uuid) END, tags "
    "FROM job";
constexpr const char* list_order = " ORDER BY group_path, name, uuid";
constexpr const char* select_version = "SELECT revision, created_ms FROM job WHERE uuid = ?";
constexpr const char* select_revision = "SELECT revision FROM job WHERE uuid = ?";
constexpr const char* count_jobs = "SELECT COUNT(*) FROM job WHERE project = ?";
constexpr const char* insert_job =
    "INSERT INTO job (uuid, project, group_path, name, scheduled, schedule_enabled, execution_enabled, server_uuid, "
    "updated_ms, updated_by, saved_by_roles, tags, description, definition, revision, created_ms) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?)";
#define QD_UPDATE_JOB                                                                                                  \
  "UPDATE job SET project = ?, group_path = ?, name = ?, scheduled = ?, schedule_enabled = ?, execution_enabled = ?, " \
  "server_uuid = ?, updated_ms = ?, updated_by = ?, saved_by_roles = ?, tags = ?, description = ?, definition = ?, "   \
  "revision = revision + 1 "                                                                                           \
  "WHERE uuid = ?"
constexpr const char* update_job = QD_UPDATE_JOB;
constexpr const char* update_job_at_revision = QD_UPDATE_JOB " AND revision = ?";
#undef QD_UPDATE_JOB
constexpr const char* append_revision =
    "INSERT INTO job_revision (job_uuid, revision, saved_ms, saved_by, definition) "
    "SELECT uuid, revision, updated_ms, updated_by, definition FROM job WHERE uuid = ?";
// Takes the row's lock; the definition that is read next is changed by nobody else.
constexpr const char* lock_job = "UPDATE job SET updated_ms = ? WHERE uuid = ?";
constexpr const char* update_toggles =
    "UPDATE job SET schedule_enabled = ?, execution_enabled = ?, definition = ?, revision = revision + 1 WHERE uuid = "
    "?";
constexpr const char* delete_job = "DELETE FROM job WHERE uuid = ?";
constexpr const char* delete_revisions = "DELETE FROM job_revision WHERE job_uuid = ?";
constexpr const char* select_revisions =
    "SELECT r.revision, r.saved_ms, r.saved_by, r.definition, j.project FROM job_revision r "
    "JOIN job j ON j.uuid = r.job_uuid WHERE r.job_uuid = ? ORDER BY r.revision DESC LIMIT ?";
constexpr const char* select_one_revision =
    "SELECT r.revision, r.saved_ms, r.saved_by, r.definition, j.project FROM job_revision r "
    "JOIN job j ON j.uuid = r.job_uuid WHERE r.job_uuid = ? AND r.revision = ?";

constexpr std::int64_t no_limit = 1'000'000'000;

Value flag(bool value) {
  return std::int64_t{value ? 1 : 0};
}

// ",nightly,db,"
std::string tags_column(const model::Job& job) {
  std::string column;
  for (const std::string& tag : job.tags()) column += (column.empty() ? "," : "") + tag + ",";
  return column;
}

// "[\"ops\",\"dev\"]"
std::string roles_column(const std::vector<std::string>& roles) {
  JsonArray list;
  for (const auto& role : roles) list.emplace_back(role);
  return boost::json::serialize(list);
}

std::vector<std::string> read_roles(const std::string& column) {
  std::vector<std::string> roles;
  const auto list = parse_json(column);
  if (!list || !list->is_array()) return roles;  // a job that an earlier version saved
  for (const auto& role : list->get_array()) roles.push_back(scalar_text(role).value_or(""));
  return roles;
}

Params columns_of(const model::Job& job, const JobSaver& by, const std::string& server_uuid, UnixMillis now) {
  return {job.project,
          job.group,
          job.name,
          flag(job.schedule.has_value()),
          flag(job.schedule_enabled),
          flag(job.execution_enabled),
          server_uuid,
          now,
          by.user,
          roles_column(by.roles),
          tags_column(job),
          job.description,
          write_job_document(job)};
}

StoredJob read_stored_job(const Row& row) {
  StoredJob stored;
  stored.job = read_job_document(row.text(9), "job " + row.text(0));
  stored.job.uuid = row.text(0);
  stored.job.project = row.text(1);
  stored.job.group = row.text(2);
  stored.job.name = row.text(3);
  stored.revision = row.integer(4);
  stored.created = row.integer(5);
  stored.updated = row.integer(6);
  stored.updated_by = row.text(7);
  stored.server_uuid = row.text(8);
  stored.updated_by_roles = read_roles(row.text(10));
  return stored;
}

std::vector<StoredJob> read_stored_jobs(const Rows& rows) {
  std::vector<StoredJob> jobs;
  jobs.reserve(rows.size());
  for (const auto& row : rows) jobs.push_back(read_stored_job(row));
  return jobs;
}

Condition behind(const JobPlace& place) {
  return {"(group_path > ? OR (group_path = ? AND (name > ? OR (name = ? AND uuid > ?))))",
          {place.group, place.group, place.name, place.name, place.uuid}};
}

bool means_top_level(const std::string& group) {
  return group.empty() || group == "-";
}

Conditions job_conditions(Dialect dialect, const JobQuery& query) {
  Conditions conditions;
  if (!query.project.empty()) conditions.add(equals("project", query.project));
  if (!query.uuids.empty()) conditions.add(is_one_of("uuid", query.uuids));
  if (query.name_part) conditions.add(contains_any_case(dialect, "name", *query.name_part));
  if (query.name_exact) conditions.add(equals("name", *query.name_exact));
  if (query.group_part == "-") {
    conditions.add(equals("group_path", ""));
  } else if (query.group_part && !query.group_part->empty() && query.group_part != "*") {
    conditions.add(in_group_tree("group_path", *query.group_part));
  }
  if (query.group_exact)
    conditions.add(equals("group_path", means_top_level(*query.group_exact) ? "" : *query.group_exact));
  if (query.scheduled) conditions.add(equals("scheduled", flag(*query.scheduled)));
  if (query.server_uuid)
    conditions.add({"uuid IN (SELECT s.job_uuid FROM schedule s WHERE s.server_uuid = ?)", {*query.server_uuid}});
  if (query.tag) {
    std::vector<Condition> tags;
    for (const std::string& tag : base::split_trimmed(*query.tag, ','))
      tags.push_back(contains_exactly(dialect, "tags", "," + tag + ","));
    if (!tags.empty()) conditions.add(any_of(tags));
  }
  if (query.after) conditions.add(behind(*query.after));
  return conditions;
}

Rows select_list(Database& database, const char* select, const JobQuery& query) {
  const auto conditions = job_conditions(database.dialect(), query);
  const auto limit = query.max == 0 ? no_limit : static_cast<std::int64_t>(query.max);
  return database.query(select + conditions.where() + list_order + " LIMIT ? OFFSET ?",
                        conditions.params_and({limit, static_cast<std::int64_t>(query.offset)}));
}

JobRevision revision_of(const std::string& uuid, const Row& row) {
  JobRevision revision{.revision = row.integer(0), .saved = row.integer(1), .saved_by = row.text(2), .job = {}};
  revision.job = read_job_document(row.text(3), "revision " + row.text(0) + " of job " + uuid);
  revision.job.uuid = uuid;
  revision.job.project = row.text(4);
  return revision;
}

}  // namespace

JobStore::JobStore(Database& database) : database_(database) {}

std::optional<StoredJob> JobStore::find(const std::string& uuid) {
  const auto rows = database_.query(select_job, {uuid});
  if (rows.empty()) return std::nullopt;
  return read_stored_job(rows.front());
}

std::vector<StoredJob> JobStore::find_by_name(const std::string& project, const std::string& group,
                                              const std::string& name) {
  return read_stored_jobs(database_.query(select_jobs_by_name, {project, group, name}));
}

std::optional<JobVersion> JobStore::version(const std::string& uuid) {
  const auto rows = database_.query(select_version, {uuid});
  if (rows.empty()) return std::nullopt;
  return JobVersion{rows.front().integer(0), rows.front().integer(1)};
}

std::optional<std::int64_t> JobStore::revision(const std::string& uuid) {
  const auto rows = database_.query(select_revision, {uuid});
  if (rows.empty()) return std::nullopt;
  return rows.front().integer(0);
}

std::vector<JobSummary> JobStore::list(const JobQuery& query) {
  std::vector<JobSummary> jobs;
  for (const auto& row : select_list(database_, select_summaries, query)) {
    jobs.push_back({.uuid = row.text(0),
                    .project = row.text(1),
                    .name = row.text(2),
                    .group = row.text(3),
                    .description = row.text(4),
                    .scheduled = row.truth(5),
                    .schedule_enabled = row.truth(6),
                    .execution_enabled = row.truth(7),
                    .server_uuid = row.text(8),
                    .tags = base::split_trimmed(row.text(9), ',')});
  }
  return jobs;
}

std::vector<StoredJob> JobStore::list_full(const JobQuery& query) {
  return read_stored_jobs(select_list(database_, select_jobs, query));
}

std::int64_t JobStore::count(const std::string& project) {
  return database_.query(count_jobs, {project}).at(0).integer(0);
}

JobStore::SaveOutcome JobStore::create(const model::Job& job, const JobSaver& by, const std::string& server_uuid,
                                       UnixMillis now) {
  Params columns = columns_of(job, by, server_uuid, now);
  columns.insert(columns.begin(), job.uuid);
  columns.emplace_back(now);
  try {
    database_.transact([&](Session& session) {
      session.execute(insert_job, columns);
      session.execute(append_revision, {job.uuid});
      if (job.schedule) ScheduleStore::write(session, job, server_uuid, now);
    });
    return SaveOutcome::saved;
  } catch (const UniqueViolation&) {
    return SaveOutcome::uuid_taken;
  }
}

JobStore::SaveOutcome JobStore::update(const model::Job& job, const JobSaver& by, const std::string& server_uuid,
                                       UnixMillis now, std::optional<std::int64_t> expected_revision) {
  Params columns = columns_of(job, by, server_uuid, now);
  columns.emplace_back(job.uuid);
  if (expected_revision) columns.emplace_back(*expected_revision);
  auto outcome = SaveOutcome::saved;
  database_.transact([&](Session& session) {
    outcome = SaveOutcome::saved;
    if (session.execute(expected_revision ? update_job_at_revision : update_job, columns) > 0) {
      session.execute(append_revision, {job.uuid});
      ScheduleStore::write(session, job, server_uuid, now);
    } else {
      outcome = session.query(select_revision, {job.uuid}).empty() ? SaveOutcome::missing : SaveOutcome::conflict;
    }
  });
  return outcome;
}

bool JobStore::set_enabled(const std::string& uuid, std::optional<bool> execution, std::optional<bool> schedule,
                           UnixMillis now) {
  bool found = false;
  database_.transact([&](Session& session) {
    found = session.execute(lock_job, {now, uuid}) > 0;
    if (!found) return;
    const auto stored = read_stored_job(session.query(select_job, {uuid}).at(0));
    auto job = stored.job;
    job.execution_enabled = execution.value_or(job.execution_enabled);
    job.schedule_enabled = schedule.value_or(job.schedule_enabled);
    session.execute(update_toggles,
                    {flag(job.schedule_enabled), flag(job.execution_enabled), write_job_document(job), uuid});
    session.execute(append_revision, {uuid});
    const auto owner = ScheduleStore::owner(session, uuid);  // a toggle gives the schedule to nobody else
    ScheduleStore::write(session, job, owner.value_or(stored.server_uuid), now);
  });
  return found;
}

bool JobStore::remove(const std::string& uuid) {
  bool found = false;
  database_.transact([&](Session& session) {
    found = session.execute(delete_job, {uuid}) > 0;
    if (!found) return;
    session.execute(delete_revisions, {uuid});
    ScheduleStore::remove(session, uuid);
  });
  return found;
}

std::vector<JobRevision> JobStore::revisions(const std::string& uuid, std::size_t max) {
  std::vector<JobRevision> revisions;
  const auto limit = max == 0 ? no_limit : static_cast<std::int64_t>(max);
  for (const auto& row : database_.query(select_revisions, {uuid, limit})) revisions.push_back(revision_of(uuid, row));
  return revisions;
}

std::optional<JobRevision> JobStore::at_revision(const std::string& uuid, std::int64_t revision) {
  const auto rows = database_.query(select_one_revision, {uuid, revision});
  return rows.empty() ? std::nullopt : std::optional(revision_of(uuid, rows.front()));
}

}  // namespace qd::store
