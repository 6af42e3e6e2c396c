#include "store/schema/steps.hpp"

namespace qd::store::schema {
namespace {

// `sort_ms` is what lists are sorted by: started, else scheduled_for. `active` is 1 for what is queued, scheduled or
// running, else NULL. `slot` numbers the running executions of a job with a limit, so that the unique key holds it.
constexpr const char* create_execution = R"(CREATE TABLE execution (
  id {id},
  project {key} NOT NULL,
  job_uuid {key} NOT NULL,
  status {key} NOT NULL,
  active {flag},
  slot {int},
  sort_ms {int} NOT NULL,
  scheduled_for_ms {int},
  started_ms {int},
  ended_ms {int},
  server_uuid {key} NOT NULL,
  incarnation {int} NOT NULL,
  uuid {key} NOT NULL,
  job_revision {int} NOT NULL,
  kind {key} NOT NULL,
  user_name {key} NOT NULL,
  log_level {key} NOT NULL,
  retry_attempt {int} NOT NULL,
  retry_of {int},
  retried_as {int},
  original_id {int},
  log_size {int} NOT NULL,
  aborted_by {key} NOT NULL,
  job_name {name} NOT NULL,
  job_group {path} NOT NULL,
  roles {text} NOT NULL,
  description {text} NOT NULL,
  arg_string {text} NOT NULL,
  options {text} NOT NULL,
  node_filter {text} NOT NULL,
  succeeded_nodes {text} NOT NULL,
  failed_nodes {text} NOT NULL,
  abort_reason {text} NOT NULL,
  log_path {text} NOT NULL,
  extra {text} NOT NULL,
  ad_hoc {text},
  state {text} NOT NULL){table})";

}  // namespace

// Each index costs a page at every start and end of an execution: those on finished ones are left alone at the start.
// SQLite counts in a partial index alone only when the column of its condition is in it.
std::vector<std::string> executions() {
  return {
      create_execution,
      "CREATE INDEX execution_by_project ON execution (project, sort_ms{key_tail})",
      "CREATE INDEX execution_by_status ON execution (project, status, {sqlite:active, }sort_ms{key_tail}){partial: "
      "WHERE active IS "
      "NULL}",
      "CREATE INDEX execution_by_end ON execution (project, ended_ms){partial: WHERE ended_ms IS NOT NULL}",
      "CREATE INDEX execution_by_job ON execution (job_uuid, sort_ms{key_tail})",
      "CREATE INDEX execution_active ON execution (active, job_uuid, status){partial: WHERE active = 1}",
      "CREATE UNIQUE INDEX execution_slot ON execution (job_uuid, slot){partial: WHERE slot IS NOT NULL}",
  };
}

}  // namespace qd::store::schema
