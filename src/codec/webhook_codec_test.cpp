#include "codec/webhook_codec.hpp"

#include <gmock/gmock.h>

namespace qd::codec {
namespace {

using ::testing::HasSubstr;

model::Webhook some() {
  model::Webhook hook;
  hook.uuid = "u-1";
  hook.name = "a: \"b\"";
  hook.project = "P";
  hook.plugin = "webhook-run-job";
  hook.config = {{"jobId", "j"}, {"argString", "-a ${data.x}"}};
  hook.token = "0123456789abcdef";
  hook.user = "ann";
  hook.roles = {"ops", "dev"};
  return hook;
}

TEST(WebhookCodec, ArchivesKeepThem) {
  const auto yaml = encode_webhooks({some()}, {.tokens = true});
  EXPECT_THAT(yaml, HasSubstr("eventPlugin: webhook-run-job"));
  EXPECT_THAT(yaml, HasSubstr("roles: 'ops,dev'"));
  const auto back = decode_webhooks(yaml);
  ASSERT_TRUE(back) << back.error().message;
  ASSERT_EQ(back->size(), 1u);
  const auto& fields = back->front();
  EXPECT_EQ(fields.uuid, "u-1");
  EXPECT_EQ(fields.name, "a: \"b\"");
  EXPECT_EQ(fields.config, some().config);
  EXPECT_EQ(fields.roles, some().roles);
  EXPECT_EQ(fields.token, "0123456789abcdef");
  EXPECT_EQ(fields.enabled, true);
  const auto bare = decode_webhooks(encode_webhooks({some()}, {.new_uuids = true}));
  EXPECT_EQ(bare->front().token, std::nullopt);
  EXPECT_NE(bare->front().uuid, "u-1");
  EXPECT_FALSE(decode_webhooks("- a"));
  EXPECT_FALSE(decode_webhooks("webhooks: [1]"));
}

TEST(WebhookCodec, WhatIsAbsentStaysAbsent) {
  const auto fields = webhook_fields(parse_json(R"({"name": "n", "id": "3", "user": null})")->as_object());
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->name, "n");
  EXPECT_EQ(fields->id, 3);
  EXPECT_FALSE(fields->user || fields->roles || fields->config || fields->enabled || fields->use_auth);
  EXPECT_FALSE(webhook_fields(parse_json(R"({"name": {}})")->as_object()));
  EXPECT_FALSE(webhook_fields(parse_json(R"({"config": "[]"})")->as_object()));
  EXPECT_FALSE(webhook_fields(parse_json(R"({"id": "x"})")->as_object()));
}

}  // namespace
}  // namespace qd::codec
