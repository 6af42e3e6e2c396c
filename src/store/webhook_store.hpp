// Incoming webhooks, and what became of what was posted to them. Of a token its SHA-256 is kept, by which it is found,
// and the token itself sealed, as those who may read a webhook are shown its URL.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/webhook.hpp"
#include "store/database.hpp"
#include "store/text_seal.hpp"

namespace qd::store {

// Thread-safe. What cannot be unsealed here is "".
class WebhookStore {
 public:
  explicit WebhookStore(Database& database, TextSeal seal = {});

  std::vector<model::Webhook> list(const std::string& project);  // by name
  std::optional<model::Webhook> find(const std::string& project, std::int64_t id);
  std::optional<model::Webhook> find_by_uuid(const std::string& uuid);
  std::optional<model::Webhook> find_by_token(const std::string& token);
  std::vector<model::Webhook> of_user(const std::string& user);

  // False: the uuid or the token is taken, and nothing was written. Sets the id.
  bool create(model::Webhook& webhook);
  // All but id, uuid, project, creator and created; an empty token stays as it is. False: there is none, or another has
  // its token.
  bool update(const model::Webhook& webhook);
  bool remove(std::int64_t id);  // with its deliveries

  // Closes tokens anew that are not closed as they would be now; what this member cannot open stays.
  struct Resealed {
    std::size_t checked = 0, changed = 0;
  };
  Resealed reseal();

  // Keeps the newest of each webhook.
  void record(const model::WebhookDelivery& delivery);
  std::vector<model::WebhookDelivery> deliveries(std::int64_t webhook, std::size_t most);  // newest first

 private:
  model::Webhook read(const Row& row) const;
  std::string closed(const std::string& place, const std::string& text) const;
  std::string opened(const std::string& place, const std::string& kept) const;

  Database& database_;
  TextSeal seal_;
};

}  // namespace qd::store
