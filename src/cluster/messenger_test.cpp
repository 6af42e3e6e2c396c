#include "cluster/messenger.hpp"

#include "base/text.hpp"
#include "cluster/cluster_fixture_testing.hpp"

namespace qd::cluster {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Seals so that the test can see who did it: "for CERT by CERT: hex".
class FakeSealer final : public Sealer {
 public:
  explicit FakeSealer(std::string own) : own_(std::move(own)) {}
  Result<std::string> seal(const std::string& plain, const std::string& reader, UnixMillis) override {
    return reader + "|" + own_ + "|" + base::hex(plain);
  }
  Result<std::string> open(const std::string& sealed, const std::string& writer, UnixMillis) override {
    const auto parts = base::split(sealed, '|');
    if (parts.size() != 3 || parts[0] != own_ || parts[1] != writer)
      return fail(ErrorKind::invalid, "it is not sealed");
    std::string plain;
    for (std::size_t i = 0; i + 1 < parts[2].size(); i += 2) {
      plain += static_cast<char>(std::stoi(parts[2].substr(i, 2), nullptr, 16));
    }
    return plain;
  }

 private:
  const std::string own_;
};

class MessengerTest : public fixture::ClusterFixture {
 protected:
  // A messenger whose "run" handler keeps what it got.
  struct Side {
    Side(store::Database& inner, const Clock& clock, const std::string& uuid, Sealer* sealer)
        : database(inner, clock),
          self(uuid, 1),
          journal(database, self),
          messenger(database, self, sealer, ClusterConfig{}, journal,
                    [this] { return self.uuid() + std::to_string(++nonce); }) {
      messenger.on(message_kind::run, [this](const Incoming& message) {
        got.push_back(message.body);
        if (message.body == "throw") throw std::runtime_error("no room");
        return "started";
      });
      messenger.on(message_kind::wake, [this](const Incoming&) {
        got.emplace_back("wake");
        return "";
      });
      model::Member member;
      member.id.uuid = uuid;
      member.certificate = sealer == nullptr ? "" : "cert-" + uuid;
      store::MemberStore(database).register_member(member, 0);
    }
    fixture::ClockedDatabase database;
    model::OwnIncarnation self;
    int nonce = 0;
    Journal journal;
    Messenger messenger;
    std::vector<std::string> got;
  };

  std::string state_of(std::int64_t id) { return store::MessageStore(*database_).find(id)->state; }
  std::string answer_of(std::int64_t id) { return store::MessageStore(*database_).find(id)->answer; }

  FakeSealer seal_a_{"cert-a"}, seal_b_{"cert-b"};
};

TEST_F(MessengerTest, AMessageIsHandledOnceAndAnswered) {
  Side a(*database_, clock_, "a", nullptr), b(*database_, clock_, "b", nullptr);
  const auto id = a.messenger.send({.to = "b", .kind = message_kind::run, .execution = 7, .body = "go"});
  ASSERT_TRUE(id);
  a.messenger.tick();
  b.messenger.tick();
  b.messenger.tick();
  EXPECT_THAT(b.got, ElementsAre("go"));
  EXPECT_THAT(a.got, IsEmpty());
  EXPECT_EQ(a.messenger.find(*id)->answer, "started");
  EXPECT_FALSE(a.messenger.withdraw(*id));
}

TEST_F(MessengerTest, WhatWasTakenBackIsNotHandled) {
  Side a(*database_, clock_, "a", nullptr), b(*database_, clock_, "b", nullptr);
  const auto id = *a.messenger.send({.to = "b", .kind = message_kind::run});
  EXPECT_TRUE(a.messenger.withdraw(id));
  b.messenger.tick();
  EXPECT_THAT(b.got, IsEmpty());
}

TEST_F(MessengerTest, SecretsGoOnlySealed) {
  Side a(*database_, clock_, "a", nullptr), b(*database_, clock_, "b", nullptr);
  const auto refused = a.messenger.send({.to = "b", .kind = message_kind::run, .body = "s3cret", .secure = true});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("encryption"));
  EXPECT_THAT(store::MessageStore(*database_).recent(10), IsEmpty());
}

TEST_F(MessengerTest, SealedMessagesArriveAndAreUnreadableInTheDatabase) {
  Side a(*database_, clock_, "a", &seal_a_), b(*database_, clock_, "b", &seal_b_);
  const auto id = a.messenger.send({.to = "b", .kind = message_kind::run, .body = "s3cret", .secure = true});
  ASSERT_TRUE(id);
  EXPECT_THAT(store::MessageStore(*database_).find(*id)->body, Not(HasSubstr("s3cret")));
  b.messenger.tick();
  EXPECT_THAT(b.got, ElementsAre("s3cret"));
}

TEST_F(MessengerTest, WithEncryptionPlainAndReboundOrdersAreRefused) {
  Side a(*database_, clock_, "a", &seal_a_), b(*database_, clock_, "b", &seal_b_);
  store::MessageStore rows(*database_);
  store::Message forged;
  forged.nonce = "forged";
  forged.to = "b";
  forged.from = "a";
  forged.kind = message_kind::run;
  forged.body = "evil";
  forged.created = clock_.now();
  const auto plain = rows.send(forged);
  const auto good = *a.messenger.send({.to = "b", .kind = message_kind::run, .execution = 1, .body = "go"});
  auto copy = *rows.find(good);
  copy.nonce = "another";
  const auto replayed = rows.send(copy);
  copy.nonce = "third";
  copy.execution = 2;
  const auto rebound = rows.send(copy);
  b.messenger.tick();
  EXPECT_THAT(b.got, ElementsAre("go"));
  EXPECT_EQ(state_of(plain), "refused");
  EXPECT_EQ(state_of(replayed), "refused");
  EXPECT_EQ(state_of(rebound), "refused");
  EXPECT_THAT(answer_of(rebound), HasSubstr("belongs to another message"));

  copy = *rows.find(good);  // the very same row again, after its own was removed
  database_->execute("DELETE FROM message");
  const auto again = rows.send(copy);
  b.messenger.tick();
  EXPECT_THAT(b.got, ElementsAre("go"));
  EXPECT_THAT(answer_of(again), HasSubstr("handled before"));
}

TEST_F(MessengerTest, HintsNeedNoSeal) {
  Side a(*database_, clock_, "a", nullptr), b(*database_, clock_, "b", &seal_b_);
  ASSERT_TRUE(a.messenger.send({.to = "b", .kind = message_kind::wake}));
  b.messenger.tick();
  EXPECT_THAT(b.got, ElementsAre("wake"));
}

TEST_F(MessengerTest, OldAndUnknownOrdersAreRefused) {
  Side a(*database_, clock_, "a", nullptr), b(*database_, clock_, "b", nullptr);
  const auto old = *a.messenger.send({.to = "b", .kind = message_kind::run, .body = "late"});
  const auto unknown = *a.messenger.send({.to = "b", .kind = "dance"});
  clock_.advance(Millis{5 * 60'000 + 1});
  const auto fresh = *a.messenger.send({.to = "b", .kind = "dance"});
  b.messenger.tick();
  EXPECT_THAT(b.got, IsEmpty());
  EXPECT_THAT(answer_of(old), HasSubstr("300 s old"));
  EXPECT_EQ(state_of(unknown), "refused");
  EXPECT_THAT(answer_of(fresh), HasSubstr("does not know its kind"));
  EXPECT_EQ(a.messenger.send({.to = "x", .kind = message_kind::run}).error().kind, ErrorKind::not_found);
}

TEST_F(MessengerTest, AHandlerThatFailsAnswersSo) {
  Side a(*database_, clock_, "a", nullptr), b(*database_, clock_, "b", nullptr);
  const auto id = *a.messenger.send({.to = "b", .kind = message_kind::run, .body = "throw"});
  b.messenger.tick();
  EXPECT_EQ(answer_of(id), "error: no room");
  clock_.advance(Millis{29 * 60'000});
  a.messenger.prune();
  EXPECT_EQ(store::MessageStore(*database_).recent(10).size(), 1u);
  clock_.advance(Millis{2 * 60'000});
  a.messenger.prune();
  EXPECT_THAT(store::MessageStore(*database_).recent(10), IsEmpty());
}

}  // namespace
}  // namespace qd::cluster
