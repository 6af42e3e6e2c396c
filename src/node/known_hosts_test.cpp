#include "node/known_hosts.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/text.hpp"

namespace qd::node {
namespace {

std::string hashed(const std::string& name) {
  const std::string salt(20, 'x');
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha1(), salt.data(), static_cast<int>(salt.size()), reinterpret_cast<const unsigned char*>(name.data()),
       name.size(), digest, &size);
  return "|1|" + base::base64(salt) + "|" + base::base64({reinterpret_cast<const char*>(digest), size});
}

std::vector<HostKey> keys_of(const std::string& text, const std::string& name) {
  return KnownHostsFile::parse(text).find(name).keys;
}

TEST(KnownHosts, NamesAHostByItsPort) {
  EXPECT_EQ(known_host_name("Web1", 22), "web1");
  EXPECT_EQ(known_host_name("::1", 2222), "[::1]:2222");
}

TEST(KnownHosts, FindsPlainHashedAndPatternNames) {
  const HostKey key{"ssh-ed25519", "AAAA"};
  EXPECT_EQ(keys_of("web1,10.0.0.1 ssh-ed25519 AAAA comment of many words\n", "10.0.0.1"), std::vector{key});
  EXPECT_EQ(keys_of("[web1]:2222 ssh-ed25519 AAAA", "[web1]:2222"), std::vector{key});
  EXPECT_TRUE(keys_of("[web1]:2222 ssh-ed25519 AAAA", "web1").empty());
  EXPECT_EQ(keys_of(hashed("web1") + " ssh-ed25519 AAAA\r\n", "web1"), std::vector{key});
  EXPECT_TRUE(keys_of(hashed("web1") + " ssh-ed25519 AAAA", "web2").empty());
  EXPECT_EQ(keys_of("*.example.com,!db.example.com ssh-ed25519 AAAA", "web.example.com"), std::vector{key});
  EXPECT_TRUE(keys_of("*.example.com,!db.example.com ssh-ed25519 AAAA", "db.example.com").empty());
  EXPECT_EQ(keys_of("[*]:2222 ssh-ed25519 AAAA", "[any]:2222"), std::vector{key});
}

TEST(KnownHosts, LeavesOutWhatIsNoKey) {
  EXPECT_TRUE(
      keys_of("# web1 ssh-ed25519 AAAA\nweb1 ssh-ed25519\n\n@cert-authority web1 ssh-rsa AAAA\n", "web1").empty());
  for (const char* odd :
       {"", "\n\n", "|", "|1|", "|1||| ssh-rsa A", "@revoked", "@revoked x", "| a b", "[ a b", "\\ a b"}) {
    EXPECT_TRUE(keys_of(odd, "web1").empty()) << odd;
  }
}

TEST(KnownHosts, KnowsRevokedKeys) {
  const auto known = KnownHostsFile::parse("@revoked * ssh-rsa BAD\nweb1 ssh-rsa GOOD\n").find("web1");
  EXPECT_EQ(known.keys, (std::vector<HostKey>{{"ssh-rsa", "GOOD"}}));
  EXPECT_EQ(known.revoked, (std::vector<HostKey>{{"ssh-rsa", "BAD"}}));
}

TEST(KnownHosts, ReadsAFileAgainWhenItChanged) {
  const auto folder = testing::TempDir() + "known-hosts-test";
  std::filesystem::remove_all(folder);
  const auto file = folder + "/.ssh/known_hosts";
  KnownHosts hosts;
  EXPECT_TRUE(hosts.find(file, "web1").keys.empty()) << "there is no file yet";
  ASSERT_TRUE(hosts.add(file, "web1", {"ssh-rsa", "A"}));
  ASSERT_TRUE(hosts.add(file, "web2", {"ssh-rsa", "B"}));
  EXPECT_EQ(hosts.find(file, "web1").keys.size(), 1u);
  EXPECT_EQ(hosts.find(file, "web2").keys.size(), 1u);
  std::ofstream(file) << "web1 ssh-rsa CHANGED\n";
  EXPECT_EQ(hosts.find(file, "web1").keys, (std::vector<HostKey>{{"ssh-rsa", "CHANGED"}}));
  EXPECT_FALSE(hosts.add("/proc/none/known_hosts", "web1", {"ssh-rsa", "A"}));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace qd::node
