#include "http/client.hpp"

#include <atomic>
#include <future>
#include <gmock/gmock.h>

#include "http/server_fixture_testing.hpp"

namespace qd::http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ClientTest : public ServerFixture {
 protected:
  // Tells what arrived: method, path, body, and the headers of interest.
  void start_mirror() {
    start([](const Request& request) {
      if (request.path == "/to") {
        Response response = Response::redirect(request.parameter("url").value_or("/"),
                                               std::stoi(request.parameter("status").value_or("302")));
        response.body = "this way";
        return response;
      }
      std::string text = request.method + " " + request.path + " [" + request.body + "]";
      for (const char* name : {"Authorization", "X-Token", "Expect", "Content-Type", "Accept"}) {
        if (const auto value = request.header(name)) text += " " + std::string(name) + "=" + *value;
      }
      return Response::text(200, text);
    });
  }
  std::string origin(const std::string& credentials = "") const {
    return "http://" + credentials + "127.0.0.1:" + std::to_string(server->port());
  }
  ClientRequest request(const std::string& path, const std::string& method = "GET",
                        const std::string& body = "") const {
    ClientRequest request;
    request.url = origin() + path;
    request.method = method;
    request.body = body;
    return request;
  }
  static std::string body_of(const ClientRequest& request) {
    const auto answer = fetch(request);
    return answer ? answer->body : answer.error().message;
  }
};

TEST_F(ClientTest, SendsEveryMethod) {
  start_mirror();
  EXPECT_EQ(body_of(request("/a")), "GET /a [] Accept=*/*");
  EXPECT_EQ(body_of(request("/a", "POST")), "POST /a [] Accept=*/*");
  EXPECT_EQ(body_of(request("/a", "PUT", "x")), "PUT /a [x] Accept=*/*");
  EXPECT_EQ(body_of(request("/a", "DELETE")), "DELETE /a [] Accept=*/*");
  EXPECT_EQ(body_of(request("/a", "DELETE", "x")), "DELETE /a [x] Accept=*/*");
  const auto head = fetch(request("/a", "HEAD"));
  ASSERT_TRUE(head);
  EXPECT_EQ(head->status, 200);
  EXPECT_EQ(head->body, "");
  EXPECT_EQ(body_of(request("/a")), "GET /a [] Accept=*/*");
}

TEST_F(ClientTest, KeepsItsConnectionAndNeverExpects) {
  start_mirror();
  auto post = request("/a", "POST", std::string(2'000'000, 'x'));
  post.headers = {{"Content-Type", "text/yaml"}, {"X-Token", "t"}, {"Accept", ""}};
  for (int i = 0; i < 3; ++i) EXPECT_THAT(body_of(post), HasSubstr("] X-Token=t Content-Type=text/yaml Accept="));
  EXPECT_EQ(server->stats().connections_accepted, 1u);
}

TEST_F(ClientTest, GivesStatusHeadersAndUrl) {
  start([](const Request&) {
    Response response = Response::json(404, "{}");
    response.headers.emplace("X-One", "a: b");
    return response;
  });
  auto asked = request("/x");
  asked.url = origin("joe:secret@") + "/x";
  const auto answer = fetch(asked);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 404);
  EXPECT_EQ(answer->header("x-one"), "a: b");
  EXPECT_EQ(answer->header("CONTENT-TYPE"), "application/json");
  EXPECT_EQ(answer->header("absent"), "");
  EXPECT_EQ(answer->effective_url, origin() + "/x");
}

TEST_F(ClientTest, UsesCredentialsButNeverNamesThem) {
  start_mirror();
  auto asked = request("/a");
  asked.url = origin("joe:p%40ss@") + "/a";
  EXPECT_THAT(body_of(asked), HasSubstr("Authorization=Basic am9lOnBAc3M="));
  asked = request("/a");
  asked.username = "joe";
  asked.password = "p@ss";
  EXPECT_THAT(body_of(asked), HasSubstr("Authorization=Basic am9lOnBAc3M="));
  asked.url = "http://joe:p%40ss@127.0.0.1:1/a";
  const auto failed = fetch(asked);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(failed.error().message, HasSubstr("GET http://127.0.0.1:1/a: "));
  EXPECT_THAT(failed.error().message, Not(HasSubstr("joe")));
  EXPECT_THAT(failed.error().message, Not(HasSubstr("p%40ss")));
}

TEST_F(ClientTest, FollowsRedirectsByTheirMeaning) {
  start_mirror();
  const auto to = [&](const std::string& status, const std::string& method) {
    return body_of(request("/to?url=/there&status=" + status, method, method == "GET" ? "" : "x"));
  };
  EXPECT_THAT(to("302", "GET"), HasSubstr("GET /there []"));
  EXPECT_THAT(to("302", "POST"), HasSubstr("GET /there []"));
  EXPECT_THAT(to("303", "PUT"), HasSubstr("GET /there []"));
  EXPECT_THAT(to("307", "POST"), HasSubstr("POST /there [x]"));
  EXPECT_THAT(to("308", "PUT"), HasSubstr("PUT /there [x]"));
  auto stay = request("/to?url=/there");
  stay.follow_redirects = false;
  EXPECT_EQ(fetch(stay)->status, 302);
  EXPECT_EQ(fetch(stay)->body, "this way");
}

TEST_F(ClientTest, StopsRunningInCircles) {
  std::atomic<int> asked{0};
  start([&](const Request&) {
    ++asked;
    return Response::redirect("/");
  });
  const auto answer = fetch(request("/"));
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, HasSubstr("more than 10 redirects"));
  EXPECT_EQ(asked, 11);
}

TEST_F(ClientTest, KeepsSecretsFromAnotherOrigin) {
  start_mirror();
  Server other(config, pool, [](const Request& request) {
    return Response::text(200, request.header_or("X-Token", "-") + request.header_or("Authorization", "-") +
                                   request.header_or("Accept", "-"));
  });
  ASSERT_TRUE(other.start());
  auto asked = request("/to?url=http://127.0.0.1:" + std::to_string(other.port()) + "/");
  asked.headers = {{"X-Token", "t"}, {"Accept", "text/x"}};
  asked.username = "joe";
  asked.password = "secret";
  EXPECT_EQ(body_of(asked), "--text/x");
  asked.url = origin() + "/to?url=/same";
  EXPECT_THAT(body_of(asked), HasSubstr("Authorization=Basic am9lOnNlY3JldA== X-Token=t"));
  other.stop(0ms);
}

TEST_F(ClientTest, RefusesWhatIsNoHttpUrl) {
  for (const char* url : {"", "nonsense", "127.0.0.1/x", "file:///etc/passwd", "ftp://127.0.0.1/", "http://",
                          "http://a b/", "http://h:99999/"}) {
    ClientRequest asked;
    asked.url = url;
    const auto answer = fetch(asked);
    ASSERT_FALSE(answer) << url;
    EXPECT_EQ(answer.error().kind, ErrorKind::invalid) << url;
  }
  start_mirror();
  const auto redirected = fetch(request("/to?url=file:///etc/passwd"));
  ASSERT_FALSE(redirected);
  EXPECT_EQ(redirected.error().kind, ErrorKind::unavailable);
  auto forged = request("/a");
  forged.headers = {{"A", "b\r\nC: d"}};
  EXPECT_EQ(fetch(forged).error().kind, ErrorKind::invalid);
}

TEST_F(ClientTest, BoundsTheAnswer) {
  start([](const Request&) { return Response::text(200, std::string(1000, 'x')); });
  auto asked = request("/");
  asked.max_bytes = 999;
  const auto refused = fetch(asked);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::too_large);
  asked.max_bytes = 1000;
  EXPECT_TRUE(fetch(asked));
}

TEST_F(ClientTest, HandsTheBodyOverPieceByPiece) {
  start([](const Request&) { return Response::text(200, std::string(1'000'000, 'x')); });
  auto asked = request("/");
  asked.max_bytes = 10;
  std::size_t got = 0;
  asked.on_data = [&](std::string_view piece) {
    got += piece.size();
    return true;
  };
  EXPECT_EQ(fetch(asked)->body, "");
  EXPECT_EQ(got, 1'000'000u);
  asked.on_data = [](std::string_view) { return false; };
  const auto stopped = fetch(asked);
  ASSERT_TRUE(stopped);
  EXPECT_EQ(stopped->status, 200);
}

TEST_F(ClientTest, GivesUpInTime) {
  std::promise<void> leave;
  auto released = leave.get_future().share();
  start([released](const Request&) {
    released.wait();
    return Response();
  });
  auto asked = request("/");
  asked.timeout = 100ms;
  const auto answer = fetch(asked);
  leave.set_value();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(answer.error().message, HasSubstr("timed out"));
}

}  // namespace
}  // namespace qd::http
