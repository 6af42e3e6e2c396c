#include "store/schema/steps.hpp"

namespace qd::store::schema {

std::vector<std::string> people_and_files() {
  return {
      R"(CREATE TABLE api_token (
  id {key} PRIMARY KEY,
  hash {key} NOT NULL,
  name {text} NOT NULL,
  user_name {key} NOT NULL,
  creator {key} NOT NULL,
  roles {text} NOT NULL,
  created_ms {int} NOT NULL,
  expires_ms {int}){table})",
      "CREATE UNIQUE INDEX api_token_by_hash ON api_token (hash)",
      "CREATE INDEX api_token_by_user ON api_token (user_name, created_ms)",
      R"(CREATE TABLE login_session (
  id_hash {key} PRIMARY KEY,
  user_name {key} NOT NULL,
  roles {text} NOT NULL,
  created_ms {int} NOT NULL,
  last_used_ms {int} NOT NULL){table})",
      "CREATE INDEX login_session_by_use ON login_session (last_used_ms)",
      R"(CREATE TABLE upload (
  id {key} PRIMARY KEY,
  project {key} NOT NULL,
  job_uuid {key} NOT NULL,
  option_name {key} NOT NULL,
  file_name {text} NOT NULL,
  user_name {key} NOT NULL,
  sha256 {key} NOT NULL,
  size {int} NOT NULL,
  created_ms {int} NOT NULL,
  expires_ms {int},
  state {key} NOT NULL,
  execution_id {int}){table})",
      "CREATE INDEX upload_by_job ON upload (job_uuid, created_ms)",
      "CREATE INDEX upload_by_execution ON upload (execution_id)",
      "CREATE INDEX upload_by_expiry ON upload (state, expires_ms)",
      "CREATE INDEX upload_by_project ON upload (project)",
      R"(CREATE TABLE upload_content (
  upload_id {key} NOT NULL,
  part {int} NOT NULL,
  content {blob} NOT NULL,
  PRIMARY KEY (upload_id, part)){table})",
      R"(CREATE TABLE user_profile (
  login {key} PRIMARY KEY,
  first_name {key} NOT NULL,
  last_name {key} NOT NULL,
  email {key} NOT NULL,
  created_ms {int} NOT NULL,
  updated_ms {int} NOT NULL,
  last_login_ms {int}){table})",
      R"(CREATE TABLE setting (
  name {key} PRIMARY KEY,
  value {text} NOT NULL){table})",
  };
}

}  // namespace qd::store::schema
