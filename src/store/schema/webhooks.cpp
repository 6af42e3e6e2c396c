#include "store/schema/steps.hpp"

namespace qd::store::schema {

// `token_hash` finds a webhook by the secret of its URL; `token` is the secret itself, sealed.
std::vector<std::string> webhooks() {
  return {
      R"(CREATE TABLE webhook (
  id {id},
  uuid {key} NOT NULL,
  name {key} NOT NULL,
  project {key} NOT NULL,
  enabled {flag} NOT NULL,
  plugin {key} NOT NULL,
  config {text} NOT NULL,
  token_hash {key} NOT NULL,
  token {text} NOT NULL,
  secret_digest {key} NOT NULL,
  user_name {key} NOT NULL,
  creator {key} NOT NULL,
  roles {text} NOT NULL,
  created_ms {int} NOT NULL,
  updated_ms {int} NOT NULL){table})",
      "CREATE UNIQUE INDEX webhook_by_uuid ON webhook (uuid)",
      "CREATE UNIQUE INDEX webhook_by_token ON webhook (token_hash)",
      "CREATE INDEX webhook_by_project ON webhook (project)",
      "CREATE INDEX webhook_by_user ON webhook (user_name)",
      R"(CREATE TABLE webhook_delivery (
  id {id},
  webhook_id {int} NOT NULL,
  event_id {key} NOT NULL,
  at_ms {int} NOT NULL,
  sender {key} NOT NULL,
  content_type {text} NOT NULL,
  server_uuid {key} NOT NULL,
  outcome {key} NOT NULL,
  message {text} NOT NULL,
  executions {text} NOT NULL,
  payload {text} NOT NULL,
  results {text} NOT NULL){table})",
      "CREATE INDEX webhook_delivery_by_webhook ON webhook_delivery (webhook_id, id)",
  };
}

}  // namespace qd::store::schema
