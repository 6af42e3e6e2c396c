#include "store/webhook_store.hpp"

#include "base/id.hpp"
#include "base/logging.hpp"
#include "codec/execution_codec.hpp"

namespace qd::store {
namespace {

constexpr std::size_t kDeliveriesKept = 100;  // of one webhook

#define QD_WEBHOOK_COLUMNS                                                                                      \
  "uuid, name, project, enabled, plugin, config, token_hash, token, secret_digest, user_name, creator, roles, " \
  "created_ms, updated_ms"
constexpr const char* select_of_project =
    "SELECT id, " QD_WEBHOOK_COLUMNS " FROM webhook WHERE project = ? ORDER BY name, id";
constexpr const char* select_by_id = "SELECT id, " QD_WEBHOOK_COLUMNS " FROM webhook WHERE id = ? AND project = ?";
constexpr const char* select_by_uuid = "SELECT id, " QD_WEBHOOK_COLUMNS " FROM webhook WHERE uuid = ?";
constexpr const char* select_by_token = "SELECT id, " QD_WEBHOOK_COLUMNS " FROM webhook WHERE token_hash = ?";
constexpr const char* select_of_user = "SELECT id, " QD_WEBHOOK_COLUMNS " FROM webhook WHERE user_name = ? ORDER BY id";
constexpr const char* insert_webhook =
    "INSERT INTO webhook (" QD_WEBHOOK_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
#undef QD_WEBHOOK_COLUMNS
constexpr const char* update_webhook =
    "UPDATE webhook SET name = ?, enabled = ?, plugin = ?, config = ?, secret_digest = ?, user_name = ?, "
    "roles = ?, updated_ms = ? WHERE id = ?";
constexpr const char* update_token = "UPDATE webhook SET token_hash = ?, token = ? WHERE id = ?";
constexpr const char* select_sealed_tokens = "SELECT id, uuid, token, token_hash FROM webhook ORDER BY id";
// Not when it was changed meanwhile.
constexpr const char* reseal_token = "UPDATE webhook SET token = ? WHERE id = ? AND token_hash = ?";
constexpr const char* delete_webhook = "DELETE FROM webhook WHERE id = ?";
constexpr const char* delete_deliveries = "DELETE FROM webhook_delivery WHERE webhook_id = ?";

#define QD_DELIVERY_COLUMNS \
  "webhook_id, event_id, at_ms, sender, content_type, server_uuid, outcome, message, executions, payload, results"
constexpr const char* insert_delivery =
    "INSERT INTO webhook_delivery (" QD_DELIVERY_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr const char* select_deliveries =
    "SELECT id, " QD_DELIVERY_COLUMNS " FROM webhook_delivery WHERE webhook_id = ? ORDER BY id DESC LIMIT ?";
#undef QD_DELIVERY_COLUMNS
constexpr const char* select_last_kept =
    "SELECT id FROM webhook_delivery WHERE webhook_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?";
constexpr const char* delete_older = "DELETE FROM webhook_delivery WHERE webhook_id = ? AND id <= ?";

std::string token_place(const std::string& uuid) {
  return "webhooks/" + uuid + "/token";
}

std::string payload_place(const std::string& event) {
  return "webhooks/deliveries/" + event;
}

template <class T>
T parsed(const std::string& text) {
  const auto value = parse_json(text);
  if constexpr (std::is_same_v<T, JsonObject>) {
    return value && value->is_object() ? value->get_object() : JsonObject{};
  } else {
    return value && value->is_array() ? value->get_array() : JsonArray{};
  }
}

}  // namespace

WebhookStore::WebhookStore(Database& database, TextSeal seal) : database_(database), seal_(std::move(seal)) {}

std::string WebhookStore::closed(const std::string& place, const std::string& text) const {
  return seal_.ready && !text.empty() ? seal_.ready().close(place, text) : text;
}

std::string WebhookStore::opened(const std::string& place, const std::string& kept) const {
  if (!seal_.open || kept.empty()) return kept;
  try {
    return seal_.open(place, kept);
  } catch (const DatabaseError& error) {
    base::log_warn("webhook", place + " cannot be shown: " + error.what());
    return {};
  }
}

model::Webhook WebhookStore::read(const Row& row) const {
  model::Webhook webhook;
  webhook.id = row.integer(0);
  webhook.uuid = row.text(1);
  webhook.name = row.text(2);
  webhook.project = row.text(3);
  webhook.enabled = row.truth(4);
  webhook.plugin = row.text(5);
  webhook.config = parsed<JsonObject>(row.text(6));
  webhook.token = opened(token_place(webhook.uuid), row.text(8));
  webhook.secret_digest = row.text(9);
  webhook.user = row.text(10);
  webhook.creator = row.text(11);
  webhook.roles = codec::decode_texts(row.text(12));
  webhook.created = row.integer(13);
  webhook.updated = row.integer(14);
  return webhook;
}

std::vector<model::Webhook> WebhookStore::list(const std::string& project) {
  std::vector<model::Webhook> webhooks;
  for (const auto& row : database_.query(select_of_project, {project})) webhooks.push_back(read(row));
  return webhooks;
}

std::vector<model::Webhook> WebhookStore::of_user(const std::string& user) {
  std::vector<model::Webhook> webhooks;
  for (const auto& row : database_.query(select_of_user, {user})) webhooks.push_back(read(row));
  return webhooks;
}

std::optional<model::Webhook> WebhookStore::find(const std::string& project, std::int64_t id) {
  const auto rows = database_.query(select_by_id, {id, project});
  if (rows.empty()) return std::nullopt;
  return read(rows.front());
}

std::optional<model::Webhook> WebhookStore::find_by_uuid(const std::string& uuid) {
  const auto rows = database_.query(select_by_uuid, {uuid});
  if (rows.empty()) return std::nullopt;
  return read(rows.front());
}

std::optional<model::Webhook> WebhookStore::find_by_token(const std::string& token) {
  const auto rows = database_.query(select_by_token, {base::sha256_hex(token)});
  if (rows.empty()) return std::nullopt;
  return read(rows.front());
}

bool WebhookStore::create(model::Webhook& webhook) {
  const auto sealed = closed(token_place(webhook.uuid), webhook.token);
  try {
    webhook.id = database_.insert(
        insert_webhook,
        {webhook.uuid, webhook.name, webhook.project, static_cast<std::int64_t>(webhook.enabled), webhook.plugin,
         boost::json::serialize(webhook.config), base::sha256_hex(webhook.token), sealed, webhook.secret_digest,
         webhook.user, webhook.creator, codec::encode_texts(webhook.roles), webhook.created, webhook.updated});
    return true;
  } catch (const UniqueViolation&) {
    return false;
  }
}

bool WebhookStore::update(const model::Webhook& webhook) {
  const auto sealed = closed(token_place(webhook.uuid), webhook.token);
  bool found = false;
  try {
    database_.transact([&](Session& session) {
      found =
          session.execute(update_webhook, {webhook.name, static_cast<std::int64_t>(webhook.enabled), webhook.plugin,
                                           boost::json::serialize(webhook.config), webhook.secret_digest, webhook.user,
                                           codec::encode_texts(webhook.roles), webhook.updated, webhook.id}) > 0;
      if (found && !webhook.token.empty())
        session.execute(update_token, {base::sha256_hex(webhook.token), sealed, webhook.id});
    });
  } catch (const UniqueViolation&) {
    return false;
  }
  return found;
}

bool WebhookStore::remove(std::int64_t id) {
  bool found = false;
  database_.transact([&](Session& session) {
    found = session.execute(delete_webhook, {id}) > 0;
    if (found) session.execute(delete_deliveries, {id});
  });
  return found;
}

WebhookStore::Resealed WebhookStore::reseal() {
  Resealed done;
  if (!seal_.ready) return done;
  const auto seal = seal_.ready();
  for (const auto& row : database_.query(select_sealed_tokens)) {
    ++done.checked;
    const auto kept = row.text(2), place = token_place(row.text(1));
    if (seal.fresh(kept)) continue;
    const auto token = opened(place, kept);
    if (!token.empty() && database_.execute(reseal_token, {seal.close(place, token), row.integer(0), row.text(3)}) > 0)
      ++done.changed;
  }
  return done;
}

void WebhookStore::record(const model::WebhookDelivery& delivery) {
  JsonArray executions(delivery.executions.begin(), delivery.executions.end());
  const auto payload = closed(payload_place(delivery.event), delivery.payload);
  database_.insert(insert_delivery,
                   {delivery.webhook, delivery.event, delivery.at, delivery.sender, delivery.content_type,
                    delivery.server_uuid, delivery.outcome, delivery.message, boost::json::serialize(executions),
                    payload, boost::json::serialize(delivery.results)});
  if (!delivery.event.starts_with('0')) return;  // one in sixteen
  const auto last = database_.query(select_last_kept, {delivery.webhook, static_cast<std::int64_t>(kDeliveriesKept)});
  if (!last.empty()) database_.execute(delete_older, {delivery.webhook, last.front().integer(0)});
}

std::vector<model::WebhookDelivery> WebhookStore::deliveries(std::int64_t webhook, std::size_t most) {
  std::vector<model::WebhookDelivery> found;
  for (const auto& row : database_.query(select_deliveries, {webhook, static_cast<std::int64_t>(most)})) {
    model::WebhookDelivery one;
    one.id = row.integer(0);
    one.webhook = row.integer(1);
    one.event = row.text(2);
    one.at = row.integer(3);
    one.sender = row.text(4);
    one.content_type = row.text(5);
    one.server_uuid = row.text(6);
    one.outcome = row.text(7);
    one.message = row.text(8);
    for (const Json& id : parsed<JsonArray>(row.text(9))) {
      if (id.is_int64()) one.executions.push_back(id.get_int64());
    }
    one.payload = opened(payload_place(one.event), row.text(10));
    one.results = parsed<JsonArray>(row.text(11));
    found.push_back(std::move(one));
  }
  return found;
}

}  // namespace qd::store
