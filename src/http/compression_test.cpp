#include "http/compression.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include "http/server_fixture_testing.hpp"

namespace qd::http {
namespace {

// Like a list of jobs.
std::string long_json(std::size_t rows = 500) {
  std::string text = "[";
  for (std::size_t row = 0; row < rows; ++row)
    text += std::string(row == 0 ? "" : ",") + R"({"id":)" + std::to_string(row * 7919) + R"(,"name":"job"})";
  return text + "]";
}

std::string unpacked(const std::string& packed) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string plain(4 << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(plain.data());
  stream.avail_out = static_cast<uInt>(plain.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  EXPECT_EQ(stream.avail_in, 0u);
  plain.resize(stream.total_out);
  inflateEnd(&stream);
  return plain;
}

std::string header(const Response& response, std::string_view name) {
  const auto found = response.headers.find(name);
  return found == response.headers.end() ? "" : found->second;
}

Request asking(const std::string& codings = "gzip, deflate, br") {
  Request request;
  request.method = "GET";
  if (!codings.empty()) request.headers.emplace("Accept-Encoding", codings);
  return request;
}

Response compressed(Response response, const Request& request = asking()) {
  compress(request, response);
  return response;
}

bool left_alone(const Response& response, const std::string& body) {
  return response.body == body && header(response, "Content-Encoding") != "gzip";
}

TEST(Compression, PacksWhatTheClientCanUnpack) {
  const std::string body = long_json();
  const auto response = compressed(Response::json(200, body));
  EXPECT_EQ(header(response, "Content-Encoding"), "gzip");
  EXPECT_EQ(header(response, "Vary"), "Accept-Encoding");
  EXPECT_LT(response.body.size() * 3, body.size());
  EXPECT_EQ(unpacked(response.body), body);
}

TEST(Compression, AsksTheClient) {
  const std::string body = long_json();
  for (const char* codings : {"", "br", "gzip;q=0", "identity, gzip ; q=0.0"}) {
    const auto response = compressed(Response::json(200, body), asking(codings));
    EXPECT_TRUE(left_alone(response, body)) << codings;
    EXPECT_EQ(header(response, "Vary"), "Accept-Encoding") << codings;
  }
  for (const char* codings : {"gzip", "br;q=1, GZIP;q=0.5"})
    EXPECT_EQ(header(compressed(Response::json(200, body), asking(codings)), "Content-Encoding"), "gzip") << codings;
}

TEST(Compression, LeavesAloneWhatIsSmallOrNoText) {
  const std::string small = long_json(10), body = long_json();
  ASSERT_LT(small.size(), kLeastCompressed);
  EXPECT_TRUE(left_alone(compressed(Response::json(200, small)), small));
  for (const char* type : {"application/octet-stream", "application/zip", "image/png", ""})
    EXPECT_TRUE(left_alone(compressed(Response::text(200, body, type)), body)) << type;
  for (const char* type : {"text/plain", "application/json;charset=utf-8", "APPLICATION/XML", "application/yaml",
                           "application/problem+json", "application/openmetrics-text; version=1.0.0"}) {
    const bool text = std::string_view(type).find("openmetrics") == std::string_view::npos;
    EXPECT_EQ(left_alone(compressed(Response::text(200, body, type)), body), !text) << type;
  }
}

TEST(Compression, LeavesAloneBytesThatAreMeantAsTheyAre) {
  const std::string body = long_json();
  for (const auto& [name, value] : {std::pair{"Content-Encoding", "br"}, {"ETag", "\"7\""}, {"Content-Range", "x"}}) {
    auto response = Response::json(200, body);
    response.headers.emplace(name, value);
    response = compressed(std::move(response));
    EXPECT_TRUE(left_alone(response, body)) << name;
    EXPECT_EQ(header(response, "Vary"), "") << name;
  }
  EXPECT_TRUE(left_alone(compressed(Response::json(206, body)), body));
}

TEST(Compression, LeavesAloneWhatDoesNotShrink) {
  std::string noise(100'000, '\0');
  std::uint32_t state = 1;
  for (char& byte : noise) {
    state = state * 1'664'525 + 1'013'904'223;
    byte = static_cast<char>(state >> 24);
  }
  EXPECT_TRUE(left_alone(compressed(Response::text(200, noise)), noise));
}

TEST(Compression, TellsOtherSitesNoLengths) {
  const std::string body = long_json();
  Request request = asking();
  request.headers.emplace("Sec-Fetch-Site", "cross-site");
  EXPECT_TRUE(left_alone(compressed(Response::json(200, body), request), body));
  request.headers.erase("Sec-Fetch-Site");
  request.headers.emplace("Sec-Fetch-Site", "same-origin");
  EXPECT_FALSE(left_alone(compressed(Response::json(200, body), request), body));
}

class CompressionServer : public ServerFixture {};

TEST_F(CompressionServer, SendsLengthsOfWhatItSends) {
  start([](const Request&) { return Response::json(200, long_json()); });
  RawClient client = connect();
  client.send("GET / HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\n\r\n");
  const auto packed = client.receive();
  EXPECT_TRUE(packed.complete);
  EXPECT_EQ(packed.header("Content-Length"), std::to_string(packed.body.size()));
  EXPECT_EQ(unpacked(packed.body), long_json());
  client.send("HEAD / HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\n\r\n");
  const auto head = client.receive(true);
  EXPECT_EQ(head.header("Content-Length"), packed.header("Content-Length"));
  EXPECT_EQ(head.header("Content-Encoding"), "gzip");
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.receive().body, long_json());
}

TEST_F(CompressionServer, CanBeTurnedOff) {
  config.compress = false;
  start([](const Request&) { return Response::json(200, long_json()); });
  const auto answer = ask("GET / HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\n\r\n");
  EXPECT_EQ(answer.body, long_json());
  EXPECT_EQ(answer.header("Vary"), "");
}

}  // namespace
}  // namespace qd::http
