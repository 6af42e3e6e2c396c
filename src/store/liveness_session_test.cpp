#include "store/liveness_session.hpp"

#include <gmock/gmock.h>
#include <thread>

#include "store/message_store.hpp"
#include "store/testing/database_test_case.hpp"

namespace qd::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class LivenessTest : public testing::DatabaseTestCase {
 protected:
  std::unique_ptr<LivenessSession> session_of(const std::string& uuid) {
    return std::move(open_liveness_session(config_, uuid).value());
  }

  // Ends the server's side of every liveness session.
  void cut_sessions() {
    if (GetParam() == Dialect::postgresql) {
      database_->query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE ?",
                       {std::string("quarterdeck member%")});
      return;
    }
    for (const auto& row :
         database_->query("SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID()")) {
      database_->execute("KILL " + std::to_string(row.integer(0)));
    }
  }
};
QD_ON_EVERY_DATABASE(LivenessTest);

TEST_P(LivenessTest, OneSessionHoldsAMembersLock) {
  auto first = session_of("m1"), second = session_of("m1"), other = session_of("m2");
  EXPECT_EQ(first->server_boot(), "");
  EXPECT_TRUE(first->acquire());
  EXPECT_TRUE(first->acquire());
  EXPECT_FALSE(second->acquire());
  EXPECT_TRUE(other->acquire());
  EXPECT_TRUE(first->still_held());
  EXPECT_THAT(other->free_locks({"m1", "m2", "m3"}), ElementsAre("m3"));
  EXPECT_THAT(other->free_locks({}), IsEmpty());
  EXPECT_NE(first->server_boot(), "");
  EXPECT_TRUE(first->same_boot(first->server_boot(), other->server_boot()));
  EXPECT_FALSE(first->same_boot("", ""));
  first.reset();
  // A server notices the end of a session in its own time.
  while (!second->acquire()) std::this_thread::yield();
  EXPECT_THAT(other->free_locks({"m1"}), IsEmpty());
}

TEST_P(LivenessTest, ACutSessionIsNoticedAndMadeAnew) {
  if (GetParam() == Dialect::sqlite) GTEST_SKIP() << "there is no server that could cut it";
  auto session = session_of("m1");
  ASSERT_TRUE(session->acquire());
  cut_sessions();
  EXPECT_THROW(
      {
        for (;;) session->free_locks({"m1"});  // a killed session may answer once more
      },
      DatabaseError);
  // The server gives the cut session's lock back in its own time.
  while (!session->still_held()) std::this_thread::yield();
  EXPECT_THAT(session->free_locks({"m1"}), IsEmpty());
}

TEST_P(LivenessTest, ARestartedServerHasAnotherBoot) {
  if (GetParam() != Dialect::postgresql) GTEST_SKIP() << "MariaDB tells its start in whole seconds";
  auto session = session_of("m1");
  ASSERT_TRUE(session->acquire());
  const auto before = session->server_boot();
  testing::server_of(GetParam()).crash_and_restart();
  EXPECT_TRUE(session->still_held());
  EXPECT_FALSE(session->same_boot(before, session->server_boot()));
}

TEST_P(LivenessTest, AWaitEndsWhenSomebodyWakesTheMember) {
  auto session = session_of("m1");
  ASSERT_TRUE(session->acquire());
  MessageStore messages(*database_);
  const bool notifies = GetParam() == Dialect::postgresql;
  messages.wake("m1");
  EXPECT_EQ(session->wait(Millis(notifies ? 10'000 : 1)), notifies);
  messages.wake("m2");
  EXPECT_FALSE(session->wait(Millis(1)));
  messages.wake("");
  EXPECT_EQ(session->wait(Millis(notifies ? 10'000 : 1)), notifies);
  Message message;
  message.nonce = "n";
  message.to = "m1";
  messages.send(message);
  EXPECT_EQ(session->wait(Millis(notifies ? 10'000 : 1)), notifies);
}

}  // namespace
}  // namespace qd::store
