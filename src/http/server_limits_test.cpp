// What a client may not do: be slow, be big, be many, be malformed.
#include <future>

#include "http/server_fixture_testing.hpp"

namespace qd::http {
namespace {

class ServerLimits : public ServerFixture {
 protected:
  ServerLimits() {
    config.error_page = [](int status, const std::string& message, const Request& request) {
      return Response::text(status, "page:" + request.path + ":" + message);
    };
  }
  void start_plain() {
    start([](const Request& request) { return Response::text(200, std::to_string(request.body.size())); });
  }
};

TEST_F(ServerLimits, BodiesBeyondTheRoutesLimitAre413) {
  config.body_limit = [](const Request& request) { return request.path == "/small" ? 10u : 1000u; };
  config.max_body_bytes = 500;
  start_plain();
  const auto post = [](const std::string& path, std::size_t size) {
    return "POST " + path + " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
           std::string(size, 'x');
  };
  EXPECT_EQ(ask(post("/small", 10)).body, "10");
  const auto refused = ask(post("/small", 11));
  EXPECT_EQ(refused.status, 413);
  EXPECT_EQ(refused.body, "page:/small:The request body is larger than 10 bytes.");
  EXPECT_EQ(refused.header("Connection"), "close");
  EXPECT_EQ(ask(post("/big", 500)).body, "500");
  EXPECT_EQ(ask(post("/big", 501)).status, 413);
}

TEST_F(ServerLimits, AClientThatSendsAHugeBodyFirstStillSeesTheAnswer) {
  config.max_body_bytes = 1000;
  start_plain();
  const std::string piece(1 << 20, 'x');
  RawClient sized = connect();
  EXPECT_TRUE(sized.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 31457280\r\n\r\n"));
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(sized.send(piece));
  EXPECT_EQ(sized.receive().status, 413);
  EXPECT_TRUE(sized.closed_by_server());

  RawClient chunked = connect();
  EXPECT_TRUE(chunked.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"));
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(chunked.send("100000\r\n" + piece + "\r\n"));
  EXPECT_EQ(chunked.receive().status, 413);
}

TEST_F(ServerLimits, A413ComesBeforeTheBodyWhenTheClientAsksFirst) {
  config.max_body_bytes = 10;
  start_plain();
  EXPECT_EQ(ask("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n").status, 413);
}

TEST_F(ServerLimits, LongHeadersAre431) {
  config.max_header_bytes = 1000;
  start_plain();
  EXPECT_EQ(ask("GET / HTTP/1.1\r\nHost: h\r\nA: " + std::string(2000, 'x') + "\r\n\r\n").status, 431);
  EXPECT_EQ(ask("GET /" + std::string(2000, 'x')).status, 431);
  EXPECT_EQ(ask("GET / HTTP/1.1\r\nHost: h\r\nA: " + std::string(900, 'x') + "\r\n\r\n").status, 200);
}

TEST_F(ServerLimits, MalformedRequestsAre400AndEndTheConnection) {
  start_plain();
  for (const char* request :
       {"nonsense\r\n\r\n", "GET / HTTP/1.1\nHost: h\n\n", "GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /../x HTTP/1.1\r\nHost: h\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nnope\r\n"}) {
    RawClient client = connect();
    client.send(std::string(request) + "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(client.receive().status, 400) << request;
    client.finish_sending();
    EXPECT_TRUE(client.closed_by_server()) << request;
    EXPECT_EQ(client.buffered(), "") << request;
  }
  EXPECT_EQ(server->stats().requests, 1u);  // only the one whose body was malformed got so far
}

TEST_F(ServerLimits, SlowHeadersAre408) {
  config.header_timeout = 200ms;
  start_plain();
  RawClient client = connect();
  client.send("GET / HTTP/1.1\r\nHost: h\r\n");
  std::promise<void> answered;
  auto done = answered.get_future();
  std::thread dripping([&] {
    int n = 0;
    while (done.wait_for(20ms) == std::future_status::timeout && client.send("X-" + std::to_string(++n) + ": y\r\n")) {
    }
  });
  const auto answer = client.receive();
  answered.set_value();
  dripping.join();
  EXPECT_EQ(answer.status, 408);
}

TEST_F(ServerLimits, ASilentConnectionIsClosedWithoutAWord) {
  config.header_timeout = config.idle_timeout = 1s;
  start_plain();
  RawClient silent = connect(), used = connect();
  used.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(used.receive().status, 200);
  EXPECT_TRUE(silent.closed_by_server());
  EXPECT_EQ(silent.buffered(), "");
  EXPECT_TRUE(used.closed_by_server());
  EXPECT_EQ(used.buffered(), "");
  EXPECT_TRUE(eventually([&] { return server->stats().connections_open == 0; }));
}

TEST_F(ServerLimits, SlowBodiesAre408) {
  config.body_timeout = 200ms;
  start_plain();
  RawClient client = connect();
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n");
  std::promise<void> answered;
  auto done = answered.get_future();
  std::thread dripping([&] {
    while (done.wait_for(20ms) == std::future_status::timeout && client.send("x")) {
    }
  });
  const auto answer = client.receive();
  answered.set_value();
  dripping.join();
  EXPECT_EQ(answer.status, 408);
}

TEST_F(ServerLimits, ASlowReaderLosesItsConnection) {
  config.write_timeout = 200ms;
  start([](const Request&) { return Response::text(200, std::string(64u << 20, 'x')); });
  RawClient client(server->port(), 4096);
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(eventually([&] { return server->stats().requests == 1; }));
  EXPECT_TRUE(eventually([&] { return server->stats().connections_open == 0; }));
}

TEST_F(ServerLimits, AFullQueueIs503AndTheConnectionLives) {
  base::WorkerPool tiny("tiny", 1, 1);
  std::promise<void> leave;
  auto released = leave.get_future().share();
  std::atomic<int> entered{0};
  server = std::make_unique<Server>(config, tiny, [&](const Request&) {
    ++entered;
    released.wait();
    return Response::text(200, "done");
  });
  ASSERT_TRUE(server->start());
  RawClient first = connect(), second = connect(), third = connect();
  first.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(eventually([&] { return entered == 1; }));
  second.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(eventually([&] { return tiny.queued() == 1; }));
  for (int i = 0; i < 3; ++i) {
    third.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    const auto refused = third.receive();
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.header("Retry-After"), "1");
    EXPECT_EQ(refused.header("Connection"), "");
  }
  leave.set_value();
  EXPECT_EQ(first.receive().body, "done");
  EXPECT_EQ(second.receive().body, "done");
  third.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(third.receive().body, "done");
  server->stop(0ms);
  tiny.stop();
}

TEST_F(ServerLimits, ManyPipelinedRequestsAgainstAFullQueueAreAllAnswered) {
  base::WorkerPool stopped("stopped", 1, 1);
  stopped.stop();
  server = std::make_unique<Server>(config, stopped, [](const Request&) { return Response(); });
  ASSERT_TRUE(server->start());
  RawClient client = connect();
  std::string requests;
  for (int i = 0; i < 2000; ++i) requests += "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  client.send(requests);
  for (int i = 0; i < 2000; ++i) ASSERT_EQ(client.receive().status, 503) << i;
}

TEST_F(ServerLimits, TooManyBodyBytesAtOnceAre503) {
  config.max_bodies_bytes = 100'000;
  start_plain();
  RawClient first = connect();
  first.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 90000\r\n\r\n" + std::string(89'999, 'x'));
  ASSERT_TRUE(eventually([&] { return server->stats().bytes_in > 89'999; }));
  const auto second = ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 40000\r\n\r\n" + std::string(40'000, 'x'));
  EXPECT_EQ(second.status, 503);
  EXPECT_EQ(second.header("Retry-After"), "1");
  first.send("x");
  EXPECT_EQ(first.receive().body, "90000");
  EXPECT_EQ(ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 40000\r\n\r\n" + std::string(40'000, 'x')).body,
            "40000");
}

TEST_F(ServerLimits, TooManyConnectionsAre503) {
  config.max_connections = 3;
  start_plain();
  std::vector<RawClient> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(connect());
    clients.back().send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(clients.back().receive().status, 200);
  }
  {
    RawClient fourth = connect();
    fourth.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    const auto refused = fourth.receive();
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.header("Retry-After"), "1");
    EXPECT_TRUE(fourth.closed_by_server());
  }
  EXPECT_EQ(server->stats().connections_refused, 1u);
  clients.clear();
  ASSERT_TRUE(eventually([&] { return server->stats().connections_open == 0; }));
  EXPECT_EQ(ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n").status, 200);
}

}  // namespace
}  // namespace qd::http
