#include "store/schema/steps.hpp"

namespace qd::store::schema {

std::vector<std::string> audit_trail_and_users() {
  return {
      R"(CREATE TABLE audit_event (
  id {id},
  at_ms {int} NOT NULL,
  action {key} NOT NULL,
  user_name {text} NOT NULL,
  roles {text} NOT NULL,
  address {key} NOT NULL,
  agent {text} NOT NULL,
  token_id {key} NOT NULL,
  resource {key} NOT NULL,
  resource_name {text} NOT NULL,
  project {text} NOT NULL,
  detail {text} NOT NULL,
  server_uuid {key} NOT NULL,
  server_host {text} NOT NULL){table})",
      "CREATE INDEX audit_event_by_time ON audit_event (at_ms)",
      R"(CREATE TABLE local_user (
  login {key} PRIMARY KEY,
  password {text} NOT NULL,
  roles {text} NOT NULL,
  enabled {flag} NOT NULL,
  created_ms {int} NOT NULL,
  updated_ms {int} NOT NULL){table})",
      "CREATE INDEX login_session_by_user ON login_session (user_name, created_ms)",
  };
}

}  // namespace qd::store::schema
