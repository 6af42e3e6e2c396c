#include "store/webhook_store.hpp"

#include <gmock/gmock.h>

#include "store/testing/database_test_case.hpp"

namespace qd::store {
namespace {

class WebhookStoreTest : public testing::DatabaseTestCase {};
QD_ON_EVERY_DATABASE(WebhookStoreTest);

model::Webhook some(const std::string& name, const std::string& token) {
  model::Webhook hook;
  hook.uuid = base::new_uuid();
  hook.name = name;
  hook.project = "P";
  hook.plugin = "webhook-run-job";
  hook.config = {{"jobId", "j"}};
  hook.token = token;
  hook.user = "ann";
  hook.creator = "bob";
  hook.roles = {"ops", "a \"b\""};
  hook.created = hook.updated = 5;
  return hook;
}

// Turns texts around, and says where they belong.
TextSeal seal_with(const std::string& mark) {
  TextSeal seal;
  seal.ready = [mark] {
    return TextSeal::Ready{[mark](const std::string& place, const std::string& text) {
                             return mark + place + "|" + std::string(text.rbegin(), text.rend());
                           },
                           [mark](const std::string& kept) { return kept.starts_with(mark); }};
  };
  seal.open = [](const std::string& place, const std::string& kept) {
    const auto bar = kept.find('|');
    if (bar == std::string::npos || kept.substr(1, bar - 1) != place) throw DatabaseError("not from here", true);
    return std::string(kept.rbegin(), kept.rend() - static_cast<std::ptrdiff_t>(bar) - 1);
  };
  return seal;
}

TEST_P(WebhookStoreTest, KeepsFindsAndChangesThem) {
  WebhookStore store(*database_, seal_with("1"));
  auto hook = some("b", "token-one-token");
  ASSERT_TRUE(store.create(hook));
  auto other = some("a", "token-two-token");
  ASSERT_TRUE(store.create(other));
  EXPECT_EQ(store.find("P", hook.id), hook);
  EXPECT_EQ(store.find("Q", hook.id), std::nullopt);
  EXPECT_EQ(store.find_by_uuid(hook.uuid), hook);
  EXPECT_EQ(store.find_by_token("token-one-token"), hook);
  EXPECT_EQ(store.find_by_token("token-one-tokeN"), std::nullopt);
  EXPECT_EQ(store.list("P"), (std::vector{other, hook}));
  EXPECT_EQ(store.of_user("ann").size(), 2u);

  auto third = some("c", "token-two-token");
  EXPECT_FALSE(store.create(third));  // the token is taken
  hook.token = "token-two-token";
  EXPECT_FALSE(store.update(hook));
  hook.token = "token-new-token";
  hook.enabled = false;
  hook.config = {{"jobId", "k"}};
  ASSERT_TRUE(store.update(hook));
  EXPECT_EQ(store.find_by_token("token-one-token"), std::nullopt);
  EXPECT_EQ(store.find_by_token("token-new-token"), hook);
  auto kept = hook;
  kept.token.clear();
  ASSERT_TRUE(store.update(kept));
  EXPECT_EQ(store.find_by_token("token-new-token"), hook);
  EXPECT_TRUE(store.remove(hook.id));
  EXPECT_FALSE(store.remove(hook.id));
  EXPECT_FALSE(store.update(hook));
}

TEST_P(WebhookStoreTest, ShowsNoTokenInTheDatabaseAndSealsAnew) {
  auto hook = some("a", "token-one-token");
  ASSERT_TRUE(WebhookStore(*database_, seal_with("1")).create(hook));
  const auto column = [&] { return database_->query("SELECT token FROM webhook").at(0).text(0); };
  EXPECT_EQ(column(), "1webhooks/" + hook.uuid + "/token|nekot-eno-nekot");
  WebhookStore renewed(*database_, seal_with("2"));
  EXPECT_EQ(renewed.reseal().changed, 1u);
  EXPECT_EQ(column().front(), '2');
  EXPECT_EQ(renewed.reseal().changed, 0u);
  EXPECT_EQ(renewed.find("P", hook.id), hook);
  // What is moved to another place cannot be opened, and is not shown; posting still works.
  database_->execute("UPDATE webhook SET uuid = ?", {base::new_uuid()});
  EXPECT_EQ(renewed.find_by_token("token-one-token")->token, "");
}

TEST_P(WebhookStoreTest, KeepsTheNewestDeliveries) {
  WebhookStore store(*database_, seal_with("1"));
  auto hook = some("a", "token-one-token");
  ASSERT_TRUE(store.create(hook));
  model::WebhookDelivery delivery;
  delivery.webhook = hook.id;
  for (int i = 0; i < 130; ++i) {
    delivery.event = "1-" + std::to_string(i);
    delivery.at = i;
    delivery.outcome = "ok";
    delivery.executions = {i, 1000};
    delivery.payload = "posted";
    delivery.results = {JsonObject{{"a", 1}}};
    store.record(delivery);
  }
  EXPECT_EQ(store.deliveries(hook.id, 500).size(), 130u);
  delivery.event = "0-last";  // one in sixteen cleans up
  store.record(delivery);
  const auto kept = store.deliveries(hook.id, 500);
  ASSERT_EQ(kept.size(), 100u);
  EXPECT_EQ(kept.front().event, "0-last");
  EXPECT_EQ(kept.front().executions, (std::vector<std::int64_t>{129, 1000}));
  EXPECT_EQ(kept.front().payload, "posted");
  EXPECT_EQ(kept.front().results, delivery.results);
  EXPECT_EQ(store.deliveries(hook.id, 3).size(), 3u);
  store.remove(hook.id);
  EXPECT_TRUE(store.deliveries(hook.id, 3).empty());
}

}  // namespace
}  // namespace qd::store
