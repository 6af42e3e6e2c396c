#include "http/server.hpp"

#include <future>
#include <stdexcept>

#include "http/server_fixture_testing.hpp"

namespace qd::http {
namespace {

class ServerTest : public ServerFixture {
 protected:
  // Answers with what it got, one fact a line.
  void start_echo() {
    start([](const Request& request) {
      return Response::text(200, request.method + "\n" + request.path + "\n" + request.body);
    });
  }
};

TEST_F(ServerTest, AnswersARequest) {
  config.common_headers.emplace("X-Content-Type-Options", "nosniff");
  start_echo();
  const auto answer = ask("GET /a%20b?x HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "GET\n/a b\n");
  EXPECT_TRUE(answer.head.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(answer.header("Content-Type"), "text/plain;charset=utf-8");
  EXPECT_TRUE(answer.header("Date").ends_with(" GMT"));
  EXPECT_EQ(answer.header("Connection"), "");
}

TEST_F(ServerTest, TellsTheHandlerWhoAsks) {
  start([](const Request& request) {
    return Response::text(200, request.remote_address + " " + (request.secure ? "tls" : "clear") + " " + request.id);
  });
  const auto first = ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n").body;
  const auto second = ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n").body;
  EXPECT_TRUE(first.starts_with("127.0.0.1 clear ")) << first;
  EXPECT_NE(first, second);
}

TEST_F(ServerTest, KeepsTheConnectionForTheNextRequest) {
  start_echo();
  RawClient client = connect();
  for (int i = 0; i < 5; ++i) {
    const std::string body = std::to_string(i);
    client.send("POST /n HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n" + body);
    EXPECT_EQ(client.receive().body, "POST\n/n\n" + body);
  }
  EXPECT_EQ(server->stats().connections_accepted, 1u);
  EXPECT_EQ(server->stats().requests, 5u);
}

TEST_F(ServerTest, ClosesWhenAsked) {
  start_echo();
  RawClient client = connect();
  client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(client.receive().header("Connection"), "close");
  EXPECT_TRUE(client.closed_by_server());
  RawClient old = connect();
  old.send("GET / HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.receive().status, 200);
  EXPECT_TRUE(old.closed_by_server());
  RawClient kept = connect();
  kept.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(kept.receive().header("Connection"), "keep-alive");
  kept.send("GET / HTTP/1.0\r\n\r\n");
  EXPECT_EQ(kept.receive().status, 200);
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  start_echo();
  RawClient client = connect();
  std::string requests;
  for (int i = 0; i < 500; ++i) {
    requests += "POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc";
    if (i % 2 == 0) requests += "\r\n";
  }
  client.send(requests);
  for (int i = 0; i < 500; ++i) ASSERT_EQ(client.receive().body, "POST\n/" + std::to_string(i) + "\nabc");
}

TEST_F(ServerTest, AnswersARequestThatArrivesByteByByte) {
  start_echo();
  RawClient client = connect();
  for (const char c : std::string(
           "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")) {
    client.send(std::string(1, c));
  }
  EXPECT_EQ(client.receive().body, "POST\n/x\nabcde");
}

TEST_F(ServerTest, AnswersAClientThatHasSentAll) {
  start_echo();
  RawClient client = connect();
  client.send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  client.finish_sending();
  EXPECT_EQ(client.receive().body, "GET\n/x\n");
  EXPECT_TRUE(client.closed_by_server());
}

TEST_F(ServerTest, SendsNoBodyToHead) {
  start_echo();
  RawClient client = connect();
  client.send("HEAD /x HTTP/1.1\r\nHost: h\r\n\r\nGET /y HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto head = client.receive(true);
  EXPECT_EQ(head.header("Content-Length"), "8");
  EXPECT_EQ(client.receive().body, "GET\n/y\n");
}

TEST_F(ServerTest, MovesBigBodiesBothWays) {
  start([](const Request& request) { return Response::text(200, request.body); });
  std::string body(20u << 20, 'x');
  for (std::size_t i = 0; i < body.size(); i += 1000) body[i] = static_cast<char>('a' + i % 26);
  RawClient client = connect();
  std::thread sender([&] {
    client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n");
    client.send(body);
  });
  sender.join();
  const auto answer = client.receive();
  EXPECT_TRUE(answer.complete);
  EXPECT_TRUE(answer.body == body);
}

TEST_F(ServerTest, ReadsForms) {
  start([](const Request& request) {
    return Response::text(200, request.parameter("a").value_or("-") + request.parameter("b").value_or("-"));
  });
  EXPECT_EQ(ask("POST /?b=2 HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
                "3\r\n\r\na=1")
                .body,
            "12");
  const std::string multipart = "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--B--";
  const auto headers =
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=B\r\nContent-Length: ";
  EXPECT_EQ(ask(headers + std::to_string(multipart.size()) + "\r\n\r\n" + multipart).body, "1-");
  const auto broken = ask(headers + std::string("3\r\n\r\n--B"));
  EXPECT_EQ(broken.status, 400);
  EXPECT_EQ(broken.header("Connection"), "");
}

TEST_F(ServerTest, TellsTheClientToGoOnWithItsBody) {
  start_echo();
  RawClient client = connect();
  client.send("POST /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(client.receive().head, "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("abc");
  EXPECT_EQ(client.receive().body, "POST\n/x\nabc");
}

TEST_F(ServerTest, AnswersAHandlersExceptionWithTheErrorPage) {
  config.error_page = [](int status, const std::string& message, const Request&) {
    return Response::json(status, "{\"message\":\"" + message + "\"}");
  };
  start([](const Request& request) -> Response {
    if (request.path == "/odd") throw 7;
    throw std::runtime_error("secret of the house");
  });
  RawClient client = connect();
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\nGET /odd HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto answer = client.receive();
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.header("Content-Type"), "application/json");
  EXPECT_EQ(answer.body.find("secret"), std::string::npos);
  EXPECT_EQ(client.receive().status, 500);
}

TEST_F(ServerTest, AnswersOnSeveralThreads) {
  config.threads = 3;
  start_echo();
  std::vector<std::thread> clients;
  std::atomic<int> right{0};
  for (int i = 0; i < 12; ++i) {
    clients.emplace_back([&, i] {
      RawClient client = connect();
      for (int n = 0; n < 50; ++n) {
        const std::string path = "/" + std::to_string(i) + "/" + std::to_string(n);
        client.send("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n");
        if (client.receive().body == "GET\n" + path + "\n") ++right;
      }
    });
  }
  for (auto& client : clients) client.join();
  EXPECT_EQ(right, 600);
}

TEST_F(ServerTest, LetsConnectionsWaitUntilItIsOpen) {
  server = std::make_unique<Server>(config, pool, [](const Request&) { return Response(); });
  ASSERT_TRUE(server->start(10min));
  RawClient client = connect();
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  std::this_thread::sleep_for(50ms);
  EXPECT_EQ(server->stats().connections_accepted, 0U);
  server->open();
  server->open();
  EXPECT_EQ(client.receive().status, 200);
  EXPECT_EQ(ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n").status, 200);
}

TEST_F(ServerTest, OpensByItselfInTheEnd) {
  server = std::make_unique<Server>(config, pool, [](const Request&) { return Response(); });
  ASSERT_TRUE(server->start(20ms));
  EXPECT_EQ(ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n").status, 200);
}

TEST_F(ServerTest, StopsWithoutHavingBeenOpen) {
  server = std::make_unique<Server>(config, pool, [](const Request&) { return Response(); });
  ASSERT_TRUE(server->start(10min));
  RawClient client = connect();
  server->stop(0ms);
  EXPECT_EQ(server->stats().connections_accepted, 0U);
}

TEST_F(ServerTest, NamesTheAddressThatItCannotHave) {
  start_echo();
  ServerConfig same;
  same.port = server->port();
  Server second(same, pool, [](const Request&) { return Response(); });
  const auto started = second.start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().message,
            "cannot listen on 127.0.0.1:" + std::to_string(same.port) + ": Address already in use");
  second.stop(0ms);
  same.address = "no such host.invalid";
  EXPECT_FALSE(Server(same, pool, [](const Request&) { return Response(); }).start());
}

TEST_F(ServerTest, ListensOnAName) {
  config.address = "localhost";
  start_echo();
  EXPECT_NE(server->port(), 0);
}

TEST_F(ServerTest, StopLetsARequestUnderWayFinish) {
  std::promise<void> entered, leave;
  start([&](const Request&) {
    entered.set_value();
    leave.get_future().wait();
    return Response::text(200, "done");
  });
  RawClient busy = connect(), idle = connect();
  busy.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  entered.get_future().wait();
  ASSERT_TRUE(eventually([&] { return server->stats().connections_open == 2; }));
  std::thread stopping([&] { server->stop(20s); });
  EXPECT_TRUE(idle.closed_by_server());
  leave.set_value();
  const auto answer = busy.receive();
  EXPECT_EQ(answer.body, "done");
  EXPECT_EQ(answer.header("Connection"), "close");
  stopping.join();
  EXPECT_THROW(connect(), std::runtime_error);
  EXPECT_EQ(server->stats().connections_open, 0u);
}

TEST_F(ServerTest, StopDoesNotWaitBeyondItsGrace) {
  std::promise<void> entered, leave;
  start([&](const Request&) {
    entered.set_value();
    leave.get_future().wait();
    return Response();
  });
  RawClient client = connect();
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  entered.get_future().wait();
  server->stop(20ms);
  EXPECT_TRUE(client.closed_by_server());
  server.reset();  // the handler outlives the server
  leave.set_value();
}

}  // namespace
}  // namespace qd::http
