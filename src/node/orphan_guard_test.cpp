#include "node/orphan_guard.hpp"

#include <chrono>
#include <csignal>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "node/spawn.hpp"

namespace qd::node {
namespace {

using namespace std::chrono_literals;

bool running(pid_t pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(stat, text);
  return !text.empty() && text.find(") Z ") == std::string::npos;
}

bool ends_soon(pid_t pid) {
  for (int i = 0; i < 1000 && running(pid); ++i) std::this_thread::sleep_for(10ms);
  return !running(pid);
}

std::string own_identity(const char* test) {
  return std::string("test-") + test + "-" + std::to_string(getpid());
}

// A shell with a child of its own.
pid_t start_marked(const OrphanGuard& guard) {
  ProcessSpec spec;
  spec.argv = {"/bin/sh", "-c", "sleep 300 & sleep 300"};
  spec.environment = merged_environment(guard.environment());
  return spawn_process(spec).value().pid;
}

TEST(OrphanGuard, StoppingEndsWhatCarriesTheMarkOnly) {
  OrphanGuard guard(own_identity("stop"));
  const OrphanGuard other(own_identity("other"));
  ASSERT_TRUE(guard.start());
  const pid_t marked = start_marked(guard);
  const pid_t foreign = start_marked(other);
  guard.stop();
  guard.stop();
  EXPECT_TRUE(ends_soon(marked));
  EXPECT_TRUE(running(foreign));
  kill(-foreign, SIGKILL);
  waitpid(marked, nullptr, 0);
  waitpid(foreign, nullptr, 0);
}

TEST(OrphanGuard, EndsTheChildrenOfAServerThatWasKilled) {
  int channel[2];
  ASSERT_EQ(pipe(channel), 0);
  const pid_t server = fork();
  if (server == 0) {
    OrphanGuard guard(own_identity("killed"));
    pid_t child = -1;
    if (guard.start()) child = start_marked(guard);
    if (write(channel[1], &child, sizeof child) != sizeof child) _exit(1);
    while (true) pause();
  }
  pid_t child = -1;
  ASSERT_EQ(read(channel[0], &child, sizeof child), static_cast<ssize_t>(sizeof child));
  ASSERT_GT(child, 0);
  EXPECT_TRUE(running(child));
  kill(server, SIGKILL);
  waitpid(server, nullptr, 0);
  EXPECT_TRUE(ends_soon(child));
  close(channel[0]);
  close(channel[1]);
}

TEST(OrphanGuard, TheNextStartEndsWhatWasLeft) {
  OrphanGuard guard(own_identity("restart"));
  const pid_t left = start_marked(guard);
  ASSERT_TRUE(guard.start());
  EXPECT_TRUE(ends_soon(left));
  waitpid(left, nullptr, 0);
}

TEST(OrphanGuard, RefusesAnIdentityThatTheMarkCannotCarry) {
  OrphanGuard guard("a b");
  const auto started = guard.start();
  ASSERT_FALSE(started);
  EXPECT_NE(started.error().message.find("'a b'"), std::string::npos);
}

}  // namespace
}  // namespace qd::node
