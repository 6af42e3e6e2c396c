#include "store/schema/steps.hpp"

namespace qd::store::schema {

// What SCM integrations remember of jobs: see JobScm.
std::vector<std::string> job_scm() {
  return {R"(CREATE TABLE job_scm (
  project {key} NOT NULL,
  job_uuid {key} NOT NULL,
  integration {key} NOT NULL,
  path {text} NOT NULL,
  job_name {text} NOT NULL,
  job_group {text} NOT NULL,
  commit_id {key} NOT NULL,
  source_uuid {key} NOT NULL,
  url {text} NOT NULL,
  revision {int} NOT NULL,
  PRIMARY KEY (job_uuid, integration)){table})",
          "CREATE INDEX job_scm_by_project ON job_scm (project, integration)"};
}

}  // namespace qd::store::schema
