// The threads, on a real database with its real locks. What is awaited comes, or the test's time limit ends it.
#include "cluster/cluster.hpp"

#include "cluster/cluster_fixture_testing.hpp"

namespace qd::cluster {
namespace {

class ClusterTest : public store::testing::DatabaseTestCase {
 protected:
  struct Server {
    Server(const store::DatabaseConfig& database_config, const std::string& uuid, const ClusterConfig& config)
        : database(store::testing::open_or_fail(database_config)),
          self(uuid, 0),
          cluster(*database, std::move(store::open_liveness_session(database_config, uuid).value()), self, nullptr,
                  config, {}) {}
    Result<> start() {
      model::Member member;
      member.name = self.uuid();
      auto started = cluster.start(member);
      if (started) cluster.run();
      return started;
    }
    std::unique_ptr<store::Database> database;
    model::OwnIncarnation self;
    Cluster cluster;
  };

  ClusterTest() {
    fast_.enabled = true;
    fast_.autotakeover.enabled = true;
    fast_.autotakeover.delay = Millis{0};
    fast_.heartbeat.interval = Millis{100};
  }

  void schedule(const std::string& owner) {
    database_->execute(
        "INSERT INTO schedule (job_uuid, source, project, name, expression, zone, arg_string, missed_policy, "
        "server_uuid, next_ms) VALUES ('j', 0, 'p', '', '0 0 0 * * ?', 'UTC', '', 'skip', ?, 1)",
        {owner});
  }
  void await_owner(const std::string& uuid) {
    while (database_->query("SELECT server_uuid FROM schedule").at(0).text(0) != uuid) {
      std::this_thread::sleep_for(Millis{5});
    }
  }

  ClusterConfig fast_;
};
QD_ON_EVERY_DATABASE(ClusterTest);

TEST_P(ClusterTest, ACleanStopHandsOver) {
  auto a = std::make_unique<Server>(config_, "a", fast_);
  Server b(config_, "b", fast_);
  ASSERT_TRUE(a->start());
  ASSERT_TRUE(b.start());
  schedule("a");
  a->cluster.begin_leaving();
  await_owner("b");
  a->cluster.stop();
  EXPECT_EQ(store::MemberStore(*database_).find("a")->state, model::Member::State::stopped);
  a.reset();
  Server again(config_, "a", fast_);
  EXPECT_TRUE(again.start());
}

TEST_P(ClusterTest, AMemberWhoseSessionEndsIsTakenOver) {
  Server b(config_, "b", fast_);
  ASSERT_TRUE(b.start());
  {
    // A member that has a row and a lock, and then vanishes.
    model::OwnIncarnation self("a", 0);
    auto session = store::open_liveness_session(config_, "a").value();
    ClusterLogic vanishing({*database_, session.get(), self, nullptr}, fast_, {}, [] { return "n"; });
    ASSERT_TRUE(vanishing.start({}));
    schedule("a");
  }
  await_owner("b");
  EXPECT_EQ(store::MemberStore(*database_).find("a")->state, model::Member::State::dead);
}

TEST_P(ClusterTest, MessagesAreHandledByTheirReader) {
  auto config = fast_;
  config.process_interval = Millis{GetParam() == store::Dialect::postgresql ? 3'600'000 : 20};
  Server a(config_, "a", config), b(config_, "b", config);
  std::atomic<int> handled = 0;
  b.cluster.logic().messages().on(message_kind::abort, [&](const Incoming&) {
    ++handled;
    return "done";
  });
  ASSERT_TRUE(a.start());
  ASSERT_TRUE(b.start());
  const auto id = a.cluster.logic().messages().send({.to = "b", .kind = message_kind::abort, .execution = 3});
  ASSERT_TRUE(id);
  while (a.cluster.logic().messages().find(*id)->answer != "done") std::this_thread::sleep_for(Millis{5});
  EXPECT_EQ(handled, 1);
}

}  // namespace
}  // namespace qd::cluster
