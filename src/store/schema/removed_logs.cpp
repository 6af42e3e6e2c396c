#include "store/schema/steps.hpp"

namespace qd::store::schema {

// Logs of deleted executions that lie on other members.
std::vector<std::string> removed_logs() {
  return {R"(CREATE TABLE removed_log (
  execution_id {int} PRIMARY KEY,
  server_uuid {key} NOT NULL,
  log_path {text} NOT NULL){table})",
          "CREATE INDEX removed_log_by_member ON removed_log (server_uuid)"};
}

}  // namespace qd::store::schema
