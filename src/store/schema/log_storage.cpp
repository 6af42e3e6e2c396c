#include "store/schema/steps.hpp"

namespace qd::store::schema {

// What is to be stored of an execution's files, and what is. `state`: running (checkpoints only), queued, stored,
// removing (its execution was deleted). `types` are still to be stored; `part_list` are the pieces of the checkpoint.
std::vector<std::string> log_storage() {
  return {
      R"(CREATE TABLE log_storage (
  execution_id {int} PRIMARY KEY,
  project {key} NOT NULL,
  server_uuid {key} NOT NULL,
  provider {key} NOT NULL,
  store_key {path} NOT NULL,
  state {key} NOT NULL,
  types {key} NOT NULL,
  stored_bytes {int} NOT NULL,
  part_list {text} NOT NULL,
  part_bytes {int} NOT NULL,
  part_ms {int} NOT NULL,
  attempts {int} NOT NULL,
  due_ms {int} NOT NULL,
  claimed_ms {int} NOT NULL,
  claimed_by {key} NOT NULL,
  created_ms {int} NOT NULL,
  stored_ms {int},
  problem {text} NOT NULL){table})",
      "CREATE INDEX log_storage_due ON log_storage (state{cut:20}, server_uuid, due_ms)",
  };
}

}  // namespace qd::store::schema
