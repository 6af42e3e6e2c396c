#include "store/schema/steps.hpp"

namespace qd::store::schema {

// Exports and imports of project archives that go on by themselves: see ArchiveTask.
std::vector<std::string> archive_tasks() {
  return {R"(CREATE TABLE archive_task (
  token {key} PRIMARY KEY,
  kind {key} NOT NULL,
  project {key} NOT NULL,
  user_name {key} NOT NULL,
  member_uuid {key} NOT NULL,
  incarnation {int} NOT NULL,
  state {key} NOT NULL,
  percent {int} NOT NULL,
  message {text} NOT NULL,
  errors {text} NOT NULL,
  bytes {int} NOT NULL,
  created_ms {int} NOT NULL,
  updated_ms {int} NOT NULL){table})",
          "CREATE INDEX archive_task_by_project ON archive_task (project, created_ms)"};
}

}  // namespace qd::store::schema
