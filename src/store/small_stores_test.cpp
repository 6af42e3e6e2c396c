#include <atomic>
#include <gmock/gmock.h>
#include <thread>

#include "store/audit_store.hpp"
#include "store/local_user_store.hpp"
#include "store/profile_store.hpp"
#include "store/session_store.hpp"
#include "store/setting_store.hpp"
#include "store/testing/database_test_case.hpp"
#include "store/token_store.hpp"
#include "store/upload_store.hpp"

namespace qd::store {
namespace {

class SmallStoresTest : public testing::DatabaseTestCase {};
QD_ON_EVERY_DATABASE(SmallStoresTest);

TEST_P(SmallStoresTest, SettingsArePutAndFound) {
  SettingStore settings(*database_);
  EXPECT_EQ(settings.get("mode"), std::nullopt);
  settings.put("mode", "active");
  settings.put("mode", "passive");
  EXPECT_EQ(settings.get("mode"), "passive");
  EXPECT_TRUE(settings.remove("mode"));
  EXPECT_FALSE(settings.remove("mode"));
}

TEST_P(SmallStoresTest, CountersAreExactUnderARace) {
  SettingStore settings(*database_);
  std::atomic<std::int64_t> sum = 0;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 8; ++thread) {
      threads.emplace_back([&] {
        for (int i = 0; i < 10; ++i) sum += settings.increment("counter");
      });
    }
  }
  EXPECT_EQ(settings.get("counter"), "80");
  EXPECT_EQ(sum, 80 * 81 / 2);  // every number was handed out once
}

TEST_P(SmallStoresTest, ProfilesKeepTheLastLogin) {
  ProfileStore profiles(*database_);
  profiles.logged_in("ann", 1000);
  profiles.save({.login = "ann",
                 .first_name = "Ann",
                 .last_name = "Lee",
                 .email = "ann@x",
                 .created = 5,
                 .updated = 2000,
                 .last_login = {}});
  profiles.logged_in("ann", 3000);
  profiles.save({.login = "bob",
                 .first_name = "Bob",
                 .last_name = "",
                 .email = "",
                 .created = 7,
                 .updated = 7,
                 .last_login = {}});
  const auto ann = profiles.find("ann");
  ASSERT_TRUE(ann);
  EXPECT_EQ(ann->first_name, "Ann");
  EXPECT_EQ(ann->created, 1000);
  EXPECT_EQ(ann->updated, 2000);
  EXPECT_EQ(ann->last_login, 3000);
  EXPECT_EQ(profiles.list().size(), 2u);
  EXPECT_EQ(profiles.list().at(1).last_login, std::nullopt);
  EXPECT_EQ(profiles.find("nobody"), std::nullopt);
}

TEST_P(SmallStoresTest, SessionsLiveUntilTheyIdle) {
  SessionStore sessions(*database_);
  sessions.create({.id_hash = "h1", .user = "ann", .roles = {"admin", "us,er \"x\""}, .created = 10, .last_used = 10});
  sessions.create({.id_hash = "h2", .user = "bob", .roles = {}, .created = 20, .last_used = 20});
  EXPECT_THROW(sessions.create({.id_hash = "h2", .user = "eve", .roles = {}, .created = 20, .last_used = 20}),
               UniqueViolation);
  sessions.touch("h1", 50);
  sessions.touch("h1", 40);  // a late write of another member
  const auto found = sessions.find("h1");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->user, "ann");
  EXPECT_EQ(found->roles, (std::vector<std::string>{"admin", "us,er \"x\""}));
  EXPECT_EQ(found->last_used, 50);
  EXPECT_EQ(sessions.remove_idle(50), 1);
  EXPECT_FALSE(sessions.find("h2"));
  EXPECT_TRUE(sessions.remove("h1"));
  EXPECT_FALSE(sessions.remove("h1"));
}

TEST_P(SmallStoresTest, TokensExpire) {
  TokenStore tokens(*database_);
  const auto make = [&](const std::string& id, const std::string& user, std::optional<UnixMillis> expires) {
    tokens.create({.id = id,
                   .hash = "hash-" + id,
                   .name = "n",
                   .user = user,
                   .creator = "root",
                   .roles = {"ops"},
                   .created = 1,
                   .expires = expires});
  };
  make("t1", "ann", std::nullopt);
  make("t2", "ann", 100);
  make("t3", "bob", 200);
  make("t4", "bob", 100);
  EXPECT_THROW(make("t4", "eve", 100), UniqueViolation);
  EXPECT_EQ(tokens.find_by_hash("hash-t2")->id, "t2");
  EXPECT_EQ(tokens.find("t1")->expires, std::nullopt);
  EXPECT_EQ(tokens.find("t1")->roles, std::vector<std::string>{"ops"});
  EXPECT_EQ(tokens.list("ann").size(), 2u);
  EXPECT_EQ(tokens.list("").size(), 4u);
  EXPECT_EQ(tokens.remove_expired(100, "bob"), 1);
  EXPECT_EQ(tokens.remove_expired(150, ""), 1);
  EXPECT_TRUE(tokens.remove("t3"));
  EXPECT_FALSE(tokens.remove("t3"));
  EXPECT_EQ(tokens.list("").size(), 1u);
}

TEST_P(SmallStoresTest, UploadsKeepBytesUntilTheyExpire) {
  UploadStore uploads(*database_);
  std::string content;
  for (int i = 0; i < 5'000'000; ++i) content += static_cast<char>(i * 31 >> 3);
  const auto make = [](const std::string& id, UnixMillis created, std::optional<UnixMillis> expires) {
    return Upload{.id = id,
                  .project = "p",
                  .job_uuid = "job",
                  .option_name = "file",
                  .file_name = "dämp.bin",
                  .user = "ann",
                  .sha256 = "abc",
                  .size = 5'000'000,
                  .created = created,
                  .expires = expires,
                  .state = "temp",
                  .execution = {}};
  };
  uploads.create(make("u1", 1, 100), content);
  uploads.create(make("u2", 2, 100), "");
  uploads.create(make("u3", 3, std::nullopt), std::string("a\0b", 3));
  EXPECT_EQ(uploads.content("u1"), content);
  EXPECT_EQ(uploads.content("u2"), "");
  EXPECT_EQ(uploads.content("u3"), std::string("a\0b", 3));
  EXPECT_EQ(uploads.content("u4"), std::nullopt);
  EXPECT_EQ(uploads.find("u1")->file_name, "dämp.bin");
  EXPECT_TRUE(uploads.retain("u1", 7));
  EXPECT_FALSE(uploads.retain("u1", 8));
  EXPECT_EQ(uploads.expire(100), 1);
  EXPECT_EQ(uploads.find("u2")->state, "expired");
  EXPECT_EQ(uploads.content("u2"), std::nullopt);
  EXPECT_EQ(uploads.content("u1"), content);
  EXPECT_EQ(uploads.of_execution(7).at(0).id, "u1");
  EXPECT_EQ(uploads.of_job("job", "", 0, 0).size(), 3u);
  EXPECT_EQ(uploads.of_job("job", "", 1, 1).at(0).id, "u2");
  EXPECT_EQ(uploads.of_job("job", "retained", 0, 10).at(0).execution, 7);
}

TEST_P(SmallStoresTest, AuditEventsAreListedNewestFirstAndPruned) {
  AuditStore trail(*database_);
  std::vector<AuditEvent> events;
  for (int at = 0; at < 5; ++at) {
    events.push_back({.at = 1000 + at,
                      .action = at % 2 == 0 ? "create" : "delete",
                      .user = "ann",
                      .roles = {"ops", "dev"},
                      .address = "10.0.0.1",
                      .resource = "job",
                      .name = "p:" + std::to_string(at),
                      .project = "p",
                      .server_uuid = "u"});
  }
  trail.append(events);
  trail.append({});
  auto found = trail.list({});
  ASSERT_EQ(found.size(), 5u);
  EXPECT_EQ(found.front().name, "p:4");
  events[4].id = found.front().id;
  EXPECT_EQ(found.front(), events[4]);
  EXPECT_EQ(trail.list({.action = "delete", .user = "ann", .resource = "job", .project = "p"}).size(), 2u);
  EXPECT_EQ(trail.list({.user = "bob"}).size(), 0u);
  EXPECT_EQ(trail.list({.from = 1001, .until = 1003}).size(), 3u);
  EXPECT_EQ(trail.list({.before = found[1].id, .max = 2}).front().name, "p:2");
  EXPECT_EQ(trail.prune(1004, 3), 3);
  EXPECT_EQ(trail.prune(1004, 3), 1);
  found = trail.list({});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found.front().name, "p:4");
}

TEST_P(SmallStoresTest, LocalUsersAreMadeOnceAndChanged) {
  LocalUserStore users(*database_);
  LocalUser ann{.login = "ann", .password = "BCRYPT:x", .roles = {"ops"}, .enabled = true, .created = 5, .updated = 5};
  EXPECT_TRUE(users.create(ann));
  EXPECT_FALSE(users.create(ann));
  ann.roles = {"dev", "ops"};
  ann.enabled = false;
  ann.updated = 9;
  EXPECT_TRUE(users.update(ann));
  const auto found = users.find("ann");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->roles, ann.roles);
  EXPECT_FALSE(found->enabled);
  EXPECT_EQ(found->created, 5);
  EXPECT_EQ(users.list().size(), 1u);
  EXPECT_TRUE(users.remove("ann"));
  EXPECT_FALSE(users.remove("ann"));
  EXPECT_FALSE(users.update(ann));
}

TEST_P(SmallStoresTest, OnlyTheYoungestSessionsOfAUserAreKept) {
  SessionStore sessions(*database_);
  for (int at = 0; at < 4; ++at)
    sessions.create({.id_hash = "s" + std::to_string(at), .user = "ann", .roles = {}, .created = at, .last_used = at});
  sessions.create({.id_hash = "b", .user = "bob", .roles = {}, .created = 0, .last_used = 0});
  EXPECT_EQ(sessions.remove_older("ann", 2), 2);
  EXPECT_FALSE(sessions.find("s1"));
  EXPECT_TRUE(sessions.find("s2"));
  EXPECT_TRUE(sessions.find("b"));
  EXPECT_EQ(sessions.remove_of_user("ann"), 2);
}

}  // namespace
}  // namespace qd::store
