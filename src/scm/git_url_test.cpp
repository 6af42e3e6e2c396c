#include "scm/git_url.hpp"

#include <gtest/gtest.h>

namespace qd::scm {
namespace {

using Transport = GitUrl::Transport;

TEST(GitUrl, TakesWhatGitHostsShow) {
  const auto of = [](const char* text) { return parse_git_url(text).value(); };
  EXPECT_EQ(of("ssh://git@git.example.com:2222/a/b.git"),
            (GitUrl{Transport::ssh, "ssh://git@git.example.com:2222/a/b.git", "git", "", "git.example.com", "2222"}));
  EXPECT_EQ(of("git@git.example.com:a/b.git").user, "git");
  EXPECT_EQ(of("git@git.example.com:a/b.git").transport, Transport::ssh);
  EXPECT_EQ(of("git.example.com:a/b.git").user, "");
  EXPECT_EQ(of("https://a%40b@example.com/x").user, "a@b");
  EXPECT_EQ(of("http://u:p@example.com/x").user, "u");
  EXPECT_EQ(of("git://example.com/x").transport, Transport::git);
  EXPECT_EQ(of("file:///srv/my%20jobs.git").path, "/srv/my jobs.git");
  EXPECT_EQ(of("/srv/jobs.git"), (GitUrl{Transport::file, "/srv/jobs.git", "", "/srv/jobs.git", "", ""}));
}

TEST(GitUrl, NamesHostAndPort) {
  const auto of = [](const char* text) {
    const auto url = parse_git_url(text).value();
    return url.host + " " + url.port;
  };
  EXPECT_EQ(of("https://u:p@example.com/x"), "example.com ");
  EXPECT_EQ(of("git@example.com:x"), "example.com ");
  EXPECT_EQ(of("git@[example.com:2222]:x"), "example.com 2222");
  EXPECT_EQ(of("git@[2001:db8::1]:x"), "2001:db8::1 ");
  EXPECT_EQ(of("[2001:db8::1]:x"), "2001:db8::1 ");
  EXPECT_EQ(of("http://[2001:db8::1]:8080/x"), "2001:db8::1 8080");
  EXPECT_EQ(of("git://[::1]/x"), "::1 ");
  EXPECT_EQ(of("http://169%2e254.169.254/x"), "169.254.169.254 ");
}

TEST(GitUrl, RefusesProgramsOptionsAndWhatIsNone) {
  for (const char* text : {"",
                           "ext::sh -c touch% /tmp/x",
                           "ext::sh",
                           "fd::17",
                           "--upload-pack=touch",
                           "-x",
                           "ssh://-oProxyCommand=x/a",
                           "ssh://a@-oProxyCommand=x/a",
                           "ssh://-a@host/x",
                           "-u@host:x",
                           "ssh://host",
                           "ssh:///x",
                           "ftp://host/x",
                           "transport::address",
                           "a b",
                           "file://host/x",
                           "relative/path",
                           "host:",
                           "https://host\n/x",

                           "gopher://host/x",
                           "http://192.0.2.7#@example.com/x",
                           "http://192.0.2.7?@example.com/x",
                           "http://192.0.2.7\\@example.com/x",
                           "http://a@192.0.2.7@example.com/x",
                           "ssh://192.0.2.7%2fx/y",
                           "./x:y"}) {
    EXPECT_FALSE(parse_git_url(text)) << text;
  }
  EXPECT_FALSE(parse_git_url("https://host/" + std::string(3000, 'x')));
}

TEST(GitUrl, IsShownWithoutItsPassword) {
  EXPECT_EQ(shown_url("https://u:secret@host/x"), "https://u:***@host/x");
  EXPECT_EQ(shown_url("https://u@host:80/x"), "https://u@host:80/x");
  EXPECT_EQ(shown_url("https://host:80/a@b"), "https://host:80/a@b");
  EXPECT_EQ(shown_url("git@host:x"), "git@host:x");
}

TEST(RefName, IsOneThatGitTakes) {
  for (const char* name : {"master", "feature/x", "v1.2", "a-b", "ü"}) EXPECT_TRUE(is_ref_name(name)) << name;
  for (const char* name :
       {"",     "-x", "/x",   "x/", "a..b", "a b",    "a~b",      "a^b", "a:b",  "a?b",  "a*b",  "a[b",
        "a\\b", "@",  "a@{b", ".a", "a/.b", "a.lock", "a.lock/b", "a.",  "a//b", "HEAD", "a\x7f"})
    EXPECT_FALSE(is_ref_name(name)) << name;
}

}  // namespace
}  // namespace qd::scm
