#include "node/ssh_target.hpp"

#include <gtest/gtest.h>

namespace qd::node {
namespace {

std::string shown(const std::string& text) {
  const auto hop = parse_hop(text, "me");
  return hop ? hop->user + " " + hop->host + " " + std::to_string(hop->port) : "error: " + hop.error().message;
}

TEST(SshTarget, ReadsPlaces) {
  EXPECT_EQ(shown("web1"), "me web1 22");
  EXPECT_EQ(shown(" web1:2222 "), "me web1 2222");
  EXPECT_EQ(shown("bob@web1"), "bob web1 22");
  EXPECT_EQ(shown("a@b@web1:1"), "a@b web1 1");
  EXPECT_EQ(shown("[::1]:2222"), "me ::1 2222");
  EXPECT_EQ(shown("fe80::1"), "me fe80::1 22") << "an IPv6 address without brackets has no port";
  EXPECT_EQ(shown("web1:"), "me web1 22");
  for (const char* wrong : {"", ":22", "web1:x", "web1:0", "web1:65536", "[::1", "a b", "x@"}) {
    EXPECT_TRUE(shown(wrong).starts_with("error: ")) << wrong;
  }
}

TEST(SshTarget, SharesConnectionsOnlyWithTheSameCredentials) {
  SshTarget target;
  target.node = {"web1", 22, "me"};
  target.login.key = "k";
  const auto identity = target.identity();
  const auto other = [&](auto change) {
    auto changed = target;
    change(changed);
    return changed.identity() != identity;
  };
  EXPECT_EQ(target.identity(), identity);
  EXPECT_TRUE(other([](auto& t) { t.node.user = "you"; }));
  EXPECT_TRUE(other([](auto& t) { t.node.port = 23; }));
  EXPECT_TRUE(other([](auto& t) { t.login.key = "l"; }));
  EXPECT_TRUE(other([](auto& t) { t.login.passphrase = "p"; }));
  EXPECT_TRUE(other([](auto& t) { t.login.password = "p"; }));
  EXPECT_TRUE(other([](auto& t) { t.login.way = SshLogin::Way::password; }));
  EXPECT_TRUE(other([](auto& t) { t.jumps.push_back({"jump", 22, "me"}); }));
  EXPECT_TRUE(other([](auto& t) { t.bind_address = "127.0.0.1"; }));
  EXPECT_TRUE(other([](auto& t) { t.host_keys.check = HostKeyRule::Check::none; }));
  EXPECT_TRUE(other([](auto& t) { t.config["ciphers"] = "aes256-ctr"; }));
  // What is moved from one secret to the next is another login.
  target.login.key = "ab";
  target.login.passphrase = "c";
  auto moved = target;
  moved.login.key = "a";
  moved.login.passphrase = "bc";
  EXPECT_NE(moved.identity(), target.identity());
}

}  // namespace
}  // namespace qd::node
