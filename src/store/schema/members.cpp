#include "store/schema/steps.hpp"

namespace qd::store::schema {

// `state` is live, leaving (it hands over and claims nothing more), stopped (cleanly) or dead (fenced: what that
// incarnation writes must hit no row). `lock_boot` names the start of the database server in which the member's session
// lock was taken; "" without such a lock.
std::vector<std::string> members() {
  return {
      R"(CREATE TABLE member (
  uuid {key} PRIMARY KEY,
  incarnation {int} NOT NULL,
  state {key} NOT NULL,
  name {key} NOT NULL,
  host {key} NOT NULL,
  url {text} NOT NULL,
  tags {text} NOT NULL,
  version {key} NOT NULL,
  started_ms {int} NOT NULL,
  beat_ms {int} NOT NULL,
  mode {key} NOT NULL,
  requested_mode {key} NOT NULL,
  requested_by {key} NOT NULL,
  lock_boot {key} NOT NULL,
  certificate {text} NOT NULL,
  vitals {text} NOT NULL){table})",
      R"(CREATE TABLE proposal (
  id {id},
  kind {key} NOT NULL,
  target_uuid {key} NOT NULL,
  target_incarnation {int} NOT NULL,
  proposer_uuid {key} NOT NULL,
  proposer_incarnation {int} NOT NULL,
  state {key} NOT NULL,
  created_ms {int} NOT NULL,
  due_ms {int} NOT NULL,
  ended_ms {int},
  outcome {text} NOT NULL){table})",
      "CREATE UNIQUE INDEX proposal_by_target ON proposal (kind{cut:20}, target_uuid, target_incarnation)",
      R"(CREATE TABLE cluster_event (
  id {id},
  at_ms {int} NOT NULL,
  kind {key} NOT NULL,
  member_uuid {key} NOT NULL,
  target_uuid {key} NOT NULL,
  message {text} NOT NULL,
  detail {text} NOT NULL){table})",
      "CREATE INDEX cluster_event_by_time ON cluster_event (at_ms)",
      R"(CREATE TABLE message (
  id {id},
  nonce {key} NOT NULL,
  to_uuid {key} NOT NULL,
  from_uuid {key} NOT NULL,
  kind {key} NOT NULL,
  execution_id {int},
  body {text} NOT NULL,
  state {key} NOT NULL,
  created_ms {int} NOT NULL,
  handled_ms {int},
  answer {text} NOT NULL){table})",
      "CREATE UNIQUE INDEX message_by_nonce ON message (nonce)",
      "CREATE INDEX message_inbox ON message (to_uuid, state{cut:20}, id)",
      "CREATE INDEX message_by_time ON message (created_ms)",
  };
}

}  // namespace qd::store::schema
