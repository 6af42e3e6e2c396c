#include "store/schema/steps.hpp"

namespace qd::store::schema {

// `source` is 0 for a job's own schedule, else the id of the project schedule that is assigned to it. `next_ms` is NULL
// when nothing is to come: the schedule or its job is disabled, or its years have passed.
std::vector<std::string> schedules() {
  return {
      R"(CREATE TABLE schedule (
  id {id},
  job_uuid {key} NOT NULL,
  source {int} NOT NULL,
  project {key} NOT NULL,
  name {key} NOT NULL,
  expression {name} NOT NULL,
  zone {key} NOT NULL,
  arg_string {text} NOT NULL,
  missed_policy {key} NOT NULL,
  server_uuid {key} NOT NULL,
  next_ms {int},
  last_ms {int}){table})",
      "CREATE UNIQUE INDEX schedule_by_job ON schedule (job_uuid, source)",
      "CREATE INDEX schedule_due ON schedule (server_uuid, next_ms){partial: WHERE next_ms IS NOT NULL}",
      "CREATE INDEX schedule_by_source ON schedule (source){partial: WHERE source <> 0}",
      // The claim of a fire is its row here: whoever inserts it runs it.
      R"(CREATE TABLE fire (
  job_uuid {key} NOT NULL,
  due_ms {int} NOT NULL,
  project {key} NOT NULL,
  source {int} NOT NULL,
  state {key} NOT NULL,
  reason {text} NOT NULL,
  fires {int} NOT NULL,
  claimed_ms {int} NOT NULL,
  server_uuid {key} NOT NULL,
  incarnation {int} NOT NULL,
  owner_uuid {key} NOT NULL,
  execution_id {int},
  PRIMARY KEY (job_uuid, due_ms)){table})",
      "CREATE INDEX fire_by_project ON fire (project, due_ms)",
      "CREATE INDEX fire_by_due ON fire (due_ms)",
      R"(CREATE TABLE project_schedule (
  id {id},
  project {key} NOT NULL,
  name {key} NOT NULL,
  definition {text} NOT NULL){table})",
      "CREATE UNIQUE INDEX project_schedule_by_name ON project_schedule (project, name)",
      R"(CREATE TABLE calendar (
  id {id},
  project {key} NOT NULL,
  name {key} NOT NULL,
  definition {text} NOT NULL){table})",
      "CREATE UNIQUE INDEX calendar_by_name ON calendar (project, name)",
      // What waits for a member, or for any ("" in server_uuid), and what runs on one.
      "CREATE INDEX execution_waiting ON execution (status, server_uuid, sort_ms){partial: WHERE active = 1}",
  };
}

}  // namespace qd::store::schema
