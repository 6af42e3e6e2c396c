// Jobs: one row each with the columns that are searched by, the definition as one JSON document, and a revision at
// every save.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/job.hpp"
#include "store/database.hpp"
#include "store/place_version.hpp"

namespace qd::store {

struct StoredJob {
  model::Job job;
  std::int64_t revision = 0;  // 1 for the first save
  UnixMillis created = 0;
  UnixMillis updated = 0;
  std::string updated_by;
  std::vector<std::string> updated_by_roles;  // at that time; in their name its schedule reads secrets
  std::string server_uuid;  // the member that saved it last; who owns its schedules now, their rows say

  JobVersion version() const { return {revision, created}; }
};

// Who saves a job.
struct JobSaver {
  JobSaver(std::string name, std::vector<std::string> his_roles = {})  // NOLINT: a name alone is one without roles
      : user(std::move(name)), roles(std::move(his_roles)) {}
  JobSaver(const char* name) : user(name) {}  // NOLINT
  std::string user;
  std::vector<std::string> roles;
};

// What a list shows, without the definition.
struct JobSummary {
  std::string uuid = {}, project = {}, name = {}, group = {}, description = {};
  bool scheduled = false, schedule_enabled = true, execution_enabled = true;
  std::string server_uuid = {};  // the owner of its schedules; "" without
  std::vector<std::string> tags = {};
};

// Where a job stands in the order of lists.
struct JobPlace {
  std::string group, name, uuid;
};

struct JobQuery {
  std::string project = {};
  std::vector<std::string> uuids = {};         // idlist; empty: all
  std::optional<std::string> name_part = {};   // jobFilter: substring, any case
  std::optional<std::string> name_exact = {};  // jobExactFilter
  std::optional<std::string> group_part =
      {};  // groupPath: the group and those below; "*" or absent: all; "-" top level
  std::optional<std::string> group_exact = {};  // groupPathExact; "" or "-": top level
  std::optional<bool> scheduled = {};           // scheduledFilter
  std::optional<std::string> server_uuid = {};  // serverNodeUUIDFilter
  std::optional<std::string> tag = {};          // tags: any of these, separated by commas
  std::optional<JobPlace> after = {};           // only what comes behind it
  std::size_t offset = 0;
  std::size_t max = 0;  // 0: all
};

struct JobRevision {
  std::int64_t revision = 0;
  UnixMillis saved = 0;
  std::string saved_by;
  model::Job job;
};

// Thread-safe. Lists are ordered by group, then name, then uuid.
class JobStore {
 public:
  explicit JobStore(Database& database);

  std::optional<StoredJob> find(const std::string& uuid);
  // Jobs of this name and group, oldest first (names need not be unique).
  std::vector<StoredJob> find_by_name(const std::string& project, const std::string& group, const std::string& name);
  // Only the revision, to know whether a cached definition is current; nullopt: no such job.
  std::optional<std::int64_t> revision(const std::string& uuid);
  std::optional<JobVersion> version(const std::string& uuid);
  std::vector<JobSummary> list(const JobQuery& query);
  std::vector<StoredJob> list_full(const JobQuery& query);
  std::int64_t count(const std::string& project);

  enum class SaveOutcome { saved, uuid_taken, conflict, missing };
  // Inserts a new job; its uuid must be set. `uuid_taken` when another job (of any project) has it.
  SaveOutcome create(const model::Job& job, const JobSaver& by, const std::string& server_uuid, UnixMillis now);
  // Replaces the definition and appends a revision. With `expected_revision`, only when nobody saved meanwhile.
  SaveOutcome update(const model::Job& job, const JobSaver& by, const std::string& server_uuid, UnixMillis now,
                     std::optional<std::int64_t> expected_revision = std::nullopt);
  // Changes one or both toggles in row and document. False: no such job.
  bool set_enabled(const std::string& uuid, std::optional<bool> execution, std::optional<bool> schedule,
                   UnixMillis now);
  bool remove(const std::string& uuid);
  std::vector<JobRevision> revisions(const std::string& uuid, std::size_t max);  // newest first
  std::optional<JobRevision> at_revision(const std::string& uuid, std::int64_t revision);

 private:
  Database& database_;
};

}  // namespace qd::store
