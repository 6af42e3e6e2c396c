#include "telemetry/otlp.hpp"

#include <gtest/gtest.h>

namespace qd::telemetry {
namespace {

TEST(Otlp, EncodesSpans) {
  base::SpanData span;
  span.name = "GET /x";
  span.kind = base::SpanKind::server;
  span.context = {std::string(32, 'a'), std::string(16, 'b')};
  span.parent = std::string(16, 'c');
  span.began = 1'700'000'000'000'000'001;
  span.ended = 1'700'000'000'000'000'002;
  span.attributes = {{"text", std::string("t")}, {"number", std::int64_t{7}}};
  span.failure = "why";
  EXPECT_EQ(boost::json::serialize(export_request({&span, 1}, {{"service.name", "s"}})),
            R"({"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"s"}}]},)"
            R"("scopeSpans":[{"scope":{"name":"quarterdeck"},"spans":[{"traceId":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",)"
            R"("spanId":"bbbbbbbbbbbbbbbb","name":"GET /x","kind":2,"startTimeUnixNano":"1700000000000000001",)"
            R"("endTimeUnixNano":"1700000000000000002","attributes":[{"key":"text","value":{"stringValue":"t"}},)"
            R"({"key":"number","value":{"intValue":"7"}}],"parentSpanId":"cccccccccccccccc",)"
            R"("status":{"code":2,"message":"why"}}]}]}]})");
}

TEST(Otlp, FindsThePath) {
  EXPECT_EQ(traces_url("http://host:4318"), "http://host:4318/v1/traces");
  EXPECT_EQ(traces_url("http://host:4318/"), "http://host:4318/v1/traces");
  EXPECT_EQ(traces_url("https://host/otlp/v1/traces"), "https://host/otlp/v1/traces");
}

TEST(Otlp, ReadsHeaders) {
  const auto headers = parse_headers("api-key = a%20b , nonsense, =x, y=");
  ASSERT_EQ(headers.size(), 2U);
  EXPECT_EQ(headers[0], (std::pair<std::string, std::string>{"api-key", "a b"}));
  EXPECT_EQ(headers[1], (std::pair<std::string, std::string>{"y", ""}));
}

}  // namespace
}  // namespace qd::telemetry
