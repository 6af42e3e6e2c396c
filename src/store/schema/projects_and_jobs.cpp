#include "store/schema/steps.hpp"

namespace qd::store::schema {

std::vector<std::string> projects_and_jobs() {
  return {
      R"(CREATE TABLE project (
  name {key} PRIMARY KEY,
  config {text} NOT NULL,
  created_ms {int} NOT NULL,
  version {int} NOT NULL){table})",
      R"(CREATE TABLE project_file (
  project {key} NOT NULL,
  path {key} NOT NULL,
  content {text} NOT NULL,
  PRIMARY KEY (project, path)){table})",
      R"(CREATE TABLE job (
  id {id},
  uuid {key} NOT NULL,
  project {key} NOT NULL,
  group_path {path} NOT NULL,
  name {name} NOT NULL,
  scheduled {flag} NOT NULL,
  schedule_enabled {flag} NOT NULL,
  execution_enabled {flag} NOT NULL,
  server_uuid {key} NOT NULL,
  revision {int} NOT NULL,
  created_ms {int} NOT NULL,
  updated_ms {int} NOT NULL,
  updated_by {key} NOT NULL,
  tags {text} NOT NULL,
  description {text} NOT NULL,
  definition {text} NOT NULL){table})",
      "CREATE UNIQUE INDEX job_by_uuid ON job (uuid)",
      "CREATE INDEX job_by_name ON job (project, group_path{cut:120}, name{cut:120}, uuid)",
      R"(CREATE TABLE job_revision (
  job_uuid {key} NOT NULL,
  revision {int} NOT NULL,
  saved_ms {int} NOT NULL,
  saved_by {key} NOT NULL,
  definition {text} NOT NULL,
  PRIMARY KEY (job_uuid, revision)){table})",
  };
}

}  // namespace qd::store::schema
