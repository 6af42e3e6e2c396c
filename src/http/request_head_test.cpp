#include "http/request_head.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace qd::http {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

RequestHead parsed(const std::string& head) {
  auto result = parse_head(head);
  EXPECT_TRUE(result) << result.error().message << "\n" << head;
  return result ? std::move(*result) : RequestHead{};
}

int refusal(std::string_view head) {
  const auto result = parse_head(head);
  return result ? 0 : result.error().status;
}

std::string get(const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n";
}
std::string with(const std::string& headers) {
  return "POST / HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n";
}

TEST(RequestHead, ReadsLineAndHeaders) {
  const auto head = parsed(
      "POST /a%20b/c?x=1&y=%C3%A9+z HTTP/1.1\r\nhost: h\r\nX-Token:\t abc \r\nEmpty:\r\nContent-Length: 12\r\n\r\n");
  EXPECT_EQ(head.request.method, "POST");
  EXPECT_EQ(head.request.target, "/a%20b/c?x=1&y=%C3%A9+z");
  EXPECT_EQ(head.request.path, "/a b/c");
  EXPECT_EQ(head.request.raw_path, "/a%20b/c");
  EXPECT_THAT(head.request.query, ElementsAre(Pair("x", "1"), Pair("y", "\xC3\xA9 z")));
  EXPECT_EQ(head.request.header("x-token"), "abc");
  EXPECT_EQ(head.request.header("EMPTY"), "");
  EXPECT_EQ(head.content_length, 12u);
  EXPECT_TRUE(head.keep_alive);
  EXPECT_FALSE(head.chunked);
}

TEST(RequestHead, RefusesWhatTwoParsersCouldReadInTwoWays) {
  EXPECT_EQ(refusal(with("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n")), 400);
  EXPECT_EQ(refusal(with("Content-Length: 3\r\nContent-Length: 4\r\n")), 400);
  EXPECT_EQ(refusal(with("Content-Length: 3\r\nContent-Length: 3\r\n")), 0);
  for (const char* length : {"-1", "+3", "3, 3", "0x3", "", "3 4", "99999999999999999999"}) {
    EXPECT_EQ(refusal(with("Content-Length: " + std::string(length) + "\r\n")), 400) << length;
  }
  EXPECT_EQ(refusal(with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")), 400);
  EXPECT_EQ(refusal(with("Transfer-Encoding: gzip, chunked\r\n")), 501);
  EXPECT_EQ(refusal(with("Transfer-Encoding: identity\r\n")), 501);
  EXPECT_EQ(refusal("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
  EXPECT_EQ(refusal(with("A: b\r\n folded\r\n")), 400);
  EXPECT_EQ(refusal(with("A : b\r\n")), 400);
  EXPECT_EQ(refusal(with(": b\r\n")), 400);
  EXPECT_EQ(refusal(with("no colon\r\n")), 400);
  EXPECT_EQ(refusal(with("A(b): c\r\n")), 400);
  EXPECT_EQ(refusal(with(std::string("A: b\0c\r\n", 8))), 400);
  EXPECT_EQ(refusal(with("A: b\rc\r\n")), 400);
  EXPECT_EQ(refusal(with("Host: other\r\n")), 400);
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\n\r\n"), 400);
}

TEST(RequestHead, ReadsAMalformedRequestLineAsSuch) {
  for (const char* line :
       {"GET", "GET /", "GET  HTTP/1.1", "get / HTTP/1.1", "G(T / HTTP/1.1", "GET / HTTP/1.1 ", " GET / HTTP/1.1",
        "GET /a b HTTP/1.1", "GET / FTP/1.1", "GET a HTTP/1.1", "GET /#x HTTP/1.1", "GET * HTTP/1.1"}) {
    EXPECT_EQ(refusal(std::string(line) + "\r\nHost: h\r\n\r\n"), 400) << line;
  }
  EXPECT_EQ(refusal("GET / HTTP/2.0\r\nHost: h\r\n\r\n"), 505);
  EXPECT_EQ(refusal("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n"), 0);
}

TEST(RequestHead, NormalisesThePathSoThatNothingHidesInIt) {
  EXPECT_EQ(parsed(get("//api///14//x")).request.path, "/api/14/x");
  EXPECT_EQ(parsed(get("/a%2Fb")).request.path, "/a/b");
  EXPECT_EQ(parsed(get("/a%2Fb")).request.raw_path, "/a%2Fb");
  EXPECT_EQ(parsed(get("/a%2525")).request.path, "/a%25");
  EXPECT_EQ(parsed(get("http://other:80/x?y=1")).request.path, "/x");
  EXPECT_EQ(parsed(get("http://other")).request.path, "/");
  EXPECT_EQ(parsed(get("/..a/b..")).request.path, "/..a/b..");
  for (const char* target : {"/a/../b", "/a/./b", "/..", "/a/%2e%2e/b", "/a/..%2Fb", "/a%2F..%2Fb", "/%2E", "/a/..%5Cb",
                             "/%", "/%2", "/%zz", "/a%00b", "/a%0Ab", "/%FF", "/\xFF"}) {
    EXPECT_EQ(refusal(get(target)), 400) << target;
  }
}

TEST(RequestHead, ReadsQueriesAsBrowsersWriteThem) {
  EXPECT_THAT(parsed(get("/a?")).request.query, IsEmpty());
  EXPECT_THAT(parsed(get("/a?&&")).request.query, IsEmpty());
  EXPECT_THAT(parsed(get("/a?x&=y&z=1=2&&x=")).request.query,
              ElementsAre(Pair("x", ""), Pair("", "y"), Pair("z", "1=2"), Pair("x", "")));
  EXPECT_THAT(parsed(get("/a?f=100%&g=%2&h=%zz?")).request.query,
              ElementsAre(Pair("f", "100%"), Pair("g", "%2"), Pair("h", "%zz?")));
  EXPECT_EQ(refusal(get("/a?x=%FF")), 400);
  EXPECT_EQ(refusal(get("/a?x=%00")), 400);
}

TEST(RequestHead, DecidesAboutTheConnection) {
  EXPECT_FALSE(parsed(with("Connection: foo, Close\r\n")).keep_alive);
  EXPECT_FALSE(parsed("GET / HTTP/1.0\r\n\r\n").keep_alive);
  EXPECT_TRUE(parsed("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").keep_alive);
  EXPECT_TRUE(parsed(with("Expect: 100-Continue\r\nContent-Length: 1\r\n")).expects_continue);
  EXPECT_EQ(refusal(with("Expect: tea\r\n")), 417);
}

TEST(RequestHead, BoundsTheNumberOfHeaders) {
  std::string headers;
  for (int i = 0; i < 99; ++i) headers += "X-" + std::to_string(i) + ": 1\r\n";
  EXPECT_EQ(refusal(with(headers)), 0);
  EXPECT_EQ(refusal(with(headers + "One-More: 1\r\n")), 431);
}

TEST(HeadScanner, FindsTheEndByteByByte) {
  const std::string bytes = "GET / HTTP/1.1\r\nHost: h\r\n\r\nrest";
  HeadScanner scanner;
  for (std::size_t length = 1; length < bytes.size() - 4; ++length) {
    const auto end = scanner.scan(std::string_view(bytes).substr(0, length));
    ASSERT_TRUE(end);
    EXPECT_FALSE(*end) << length;
  }
  EXPECT_EQ(*scanner.scan(bytes), bytes.size() - 4);
}

TEST(HeadScanner, RefusesBareLineFeeds) {
  for (const char* bytes : {"\n", "GET / HTTP/1.1\n", "GET / HTTP/1.1\r\nHost: h\n\n", "GET / HTTP/1.1\r\n\n"}) {
    HeadScanner scanner;
    EXPECT_FALSE(scanner.scan(bytes)) << bytes;
  }
}

}  // namespace
}  // namespace qd::http
