// Bodies that go to disk: who is refused before they are read, what reaches the handler, and what is left of them.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/id.hpp"
#include "http/body_file.hpp"
#include "http/server_fixture_testing.hpp"

namespace qd::http {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSpoolTestBlock = 1u << 20;  // what is written at once

class ServerSpool : public ServerFixture {
 protected:
  ServerSpool() {
    config.spool.folder = folder_.string();
    config.spool.max_bytes = 5 << 20;
    config.spool.wanted = [](const Request& request) { return request.path == "/upload"; };
    config.spool.handler = [](const Request& request, const std::shared_ptr<const BodyFile>& body) {
      std::ifstream file(body->path(), std::ios::binary);
      std::stringstream text;
      text << file.rdbuf();
      return Response::text(200, std::to_string(request.body.size()) + " " + base::sha256_hex(text.str()));
    };
  }
  ~ServerSpool() override {
    if (server) server->stop(0ms);
    fs::remove_all(folder_);
  }
  void start_plain() {
    start([](const Request& request) { return Response::text(200, "plain " + std::to_string(request.body.size())); });
  }
  bool folder_is_empty() const {
    std::error_code error;
    return !fs::exists(folder_, error) || fs::is_empty(folder_, error);
  }
  static std::string head(std::size_t size) {
    return "PUT /upload HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n";
  }
  static std::string pattern(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>((i * 131) >> 7);
    return text;
  }

  const fs::path folder_ = fs::temp_directory_path() / ("qd-spool-" + base::random_token(8));
};

TEST_F(ServerSpool, ABodyReachesTheHandlerAsAFileAndGoesWithIt) {
  start_plain();
  for (const std::size_t size : {std::size_t{1}, kSpoolTestBlock, kSpoolTestBlock + 1, std::size_t{5} << 20}) {
    const auto body = pattern(size);
    EXPECT_EQ(ask(head(size) + body).body, "0 " + base::sha256_hex(body)) << size;
  }
  EXPECT_TRUE(eventually([&] { return folder_is_empty(); }));
}

TEST_F(ServerSpool, ChunksAndTheNextRequestOnTheConnectionAreRead) {
  start_plain();
  RawClient client = connect();
  const auto body = pattern(3 << 20);
  std::string bytes = "PUT /upload HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (std::size_t at = 0; at < body.size(); at += 1 << 20) bytes += "100000\r\n" + body.substr(at, 1 << 20) + "\r\n";
  bytes += "0\r\n\r\nPUT /other HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc";
  ASSERT_TRUE(client.send(bytes));
  EXPECT_EQ(client.receive().body, "0 " + base::sha256_hex(body));
  EXPECT_EQ(client.receive().body, "plain 3");
}

TEST_F(ServerSpool, WhoIsRefusedSendsNothing) {
  config.spool.refusal = [](const Request&) { return std::optional(Response::text(403, "no")); };
  start_plain();
  const auto answer = ask("PUT /upload HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 1000\r\n\r\n");
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.header("Connection"), "close");
  EXPECT_EQ(ask(head(4 << 20)).status, 403);
  EXPECT_TRUE(folder_is_empty());
}

TEST_F(ServerSpool, ItsLimitsAre413And503) {
  config.spool.max_bodies = 1;
  start_plain();
  EXPECT_EQ(ask(head((5 << 20) + 1)).status, 413);
  RawClient chunked = connect();
  ASSERT_TRUE(chunked.send("PUT /upload HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"));
  const std::string piece(1 << 20, 'x');
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(chunked.send("100000\r\n" + piece + "\r\n"));
  EXPECT_EQ(chunked.receive().status, 413);
  RawClient first = connect();
  ASSERT_TRUE(first.send(head(2 << 20) + piece));
  ASSERT_TRUE(eventually([&] { return !folder_is_empty(); }));
  EXPECT_EQ(ask(head(10)).status, 503);
  ASSERT_TRUE(first.send(piece));
  EXPECT_EQ(first.receive().status, 200);
  EXPECT_TRUE(eventually([&] { return ask(head(3) + "abc").status == 200; }));
}

TEST_F(ServerSpool, AClientThatGoesAwayLeavesNothing) {
  start_plain();
  {
    RawClient client = connect();
    ASSERT_TRUE(client.send(head(4 << 20) + pattern(2 << 20)));
    ASSERT_TRUE(eventually([&] { return !folder_is_empty(); }));
  }
  EXPECT_TRUE(eventually([&] { return folder_is_empty(); }));
}

}  // namespace
}  // namespace qd::http
