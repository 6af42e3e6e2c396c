#include "store/schema/steps.hpp"

namespace qd::store::schema {

// Messages that tell of executions. Whose `state` is waiting is held until lease_ms by the member that tries to deliver
// it, while that member lives.
std::vector<std::string> deliveries() {
  return {
      R"(CREATE TABLE delivery (
  id {id},
  execution_id {int} NOT NULL,
  project {key} NOT NULL,
  event {key} NOT NULL,
  kind {key} NOT NULL,
  provider {key} NOT NULL,
  target {text} NOT NULL,
  content {text} NOT NULL,
  member_uuid {key} NOT NULL,
  state {key} NOT NULL,
  attempts {int} NOT NULL,
  created_ms {int} NOT NULL,
  due_ms {int} NOT NULL,
  ended_ms {int},
  outcome {text} NOT NULL,
  lease_uuid {key} NOT NULL,
  lease_life {int} NOT NULL,
  lease_ms {int} NOT NULL){table})",
      "CREATE INDEX delivery_due ON delivery (state{cut:20}, due_ms)",
      "CREATE INDEX delivery_by_execution ON delivery (execution_id)",
      "CREATE INDEX delivery_ended ON delivery (ended_ms)",
  };
}

}  // namespace qd::store::schema
