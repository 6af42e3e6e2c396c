// The server over TLS.
#include "http/certificate_testing.hpp"
#include "http/client.hpp"
#include "http/server_fixture_testing.hpp"

namespace qd::http {
namespace {

class ServerTls : public ServerFixture {
 protected:
  ServerTls() {
    config.tls_certificate_file = certificate.certificate_file();
    config.tls_key_file = certificate.key_file();
  }
  ClientRequest request(const std::string& path) const {
    ClientRequest request;
    request.url = "https://127.0.0.1:" + std::to_string(server->port()) + path;
    request.verify_tls = false;
    return request;
  }

  TestCertificate certificate;
};

TEST_F(ServerTls, AnswersAndKeepsTheConnection) {
  start([](const Request& request) { return Response::text(200, request.secure ? request.path : "clear"); });
  for (int i = 0; i < 3; ++i) {
    const auto answer = fetch(request("/" + std::to_string(i)));
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body, "/" + std::to_string(i));
  }
  EXPECT_EQ(server->stats().connections_accepted, 1u);
}

TEST_F(ServerTls, MovesBigBodiesBothWays) {
  start([](const Request& request) { return Response::text(200, request.body); });
  auto post = request("/");
  post.method = "POST";
  post.body = std::string(10u << 20, 'x');
  for (std::size_t i = 0; i < post.body.size(); i += 777) post.body[i] = static_cast<char>(i % 251);
  const auto answer = fetch(post);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_TRUE(answer->body == post.body);
}

TEST_F(ServerTls, Streams) {
  start([](const Request&) {
    Response response;
    response.stream = [](const std::shared_ptr<Stream>& stream) {
      for (int i = 0; i < 100; ++i) stream->write(std::string(10'000, 'x'));
      stream->close();
    };
    return response;
  });
  const auto answer = fetch(request("/"));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->body.size(), 1'000'000u);
}

TEST_F(ServerTls, RefusesTooMuchSoThatTheClientSeesIt) {
  config.max_body_bytes = 1000;
  start([](const Request&) { return Response(); });
  auto post = request("/");
  post.method = "POST";
  post.body = std::string(5u << 20, 'x');
  const auto answer = fetch(post);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 413);
}

TEST_F(ServerTls, IsNotTrustedByAClientThatVerifies) {
  start([](const Request&) { return Response(); });
  auto verified = request("/");
  verified.verify_tls = true;
  const auto answer = fetch(verified);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::unavailable);
}

TEST_F(ServerTls, DropsAClientThatDoesNotShakeHands) {
  config.header_timeout = 100ms;
  start([](const Request&) { return Response(); });
  RawClient silent = connect(), nonsense = connect();
  nonsense.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(nonsense.closed_by_server());
  EXPECT_TRUE(silent.closed_by_server());
  EXPECT_EQ(server->stats().requests, 0u);
}

TEST_F(ServerTls, SaysWhatIsWrongWithItsFiles) {
  const auto reason = [&](const ServerConfig& settings) {
    Server broken(settings, pool, [](const Request&) { return Response(); });
    const auto started = broken.start();
    return started ? std::string() : started.error().message;
  };
  ServerConfig settings = config;
  settings.tls_key_file = "";
  EXPECT_EQ(reason(settings), "TLS needs both a certificate file and a key file; only one of them is set.");
  settings.tls_key_file = config.tls_certificate_file;
  EXPECT_NE(reason(settings).find("the TLS key '" + config.tls_certificate_file + "' cannot be used"),
            std::string::npos);
  settings.tls_certificate_file = "/nonexistent.pem";
  EXPECT_NE(reason(settings).find("the TLS certificate '/nonexistent.pem' cannot be used"), std::string::npos);
}

}  // namespace
}  // namespace qd::http
