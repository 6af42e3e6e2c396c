#include "api/request_record.hpp"

#include <algorithm>
#include <array>

#include "base/id.hpp"
#include "base/log_fields.hpp"
#include "base/metrics.hpp"

namespace qd::api {
namespace {

constexpr std::size_t kLongestId = 64;
constexpr std::size_t kOwnIdLength = 16;

const base::CounterFamily requests_answered{"quarterdeck_http_requests_total",
                                            "Requests answered, by method, route and class of status",
                                            "method,route,status"};
const base::HistogramFamily request_seconds{"quarterdeck_http_request_duration_seconds",
                                            "Time to the answer of requests, by route; of streams to their begin",
                                            {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10},
                                            "route"};

// Clients may invent methods; series are for ever.
std::string known_method(const std::string& method) {
  static constexpr std::array<std::string_view, 7> kKnown{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"};
  return std::ranges::find(kKnown, method) == kKnown.end() ? "other" : method;
}

const std::string& shown_route(const RequestRecord& record) {
  static const std::string kNone = "none";
  return record.route.empty() ? kNone : record.route;
}

double seconds_since(std::chrono::steady_clock::time_point began) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

bool plain_id(std::string_view id) {
  return !id.empty() && id.size() <= kLongestId && std::ranges::all_of(id, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
  });
}

}  // namespace

std::string page_route(std::string_view path) {
  static constexpr std::array<std::string_view, 11> kPages{"/health",
                                                           "/actuator/health",
                                                           "/metrics",
                                                           "/actuator/prometheus",
                                                           "/monitoring/health",
                                                           "/monitoring/health/readiness",
                                                           "/monitoring/info",
                                                           "/monitoring/prometheus",
                                                           "/j_security_check",
                                                           "/user/login",
                                                           "/user/logout"};
  if (std::ranges::find(kPages, path) != kPages.end()) return std::string(path);
  if (path.starts_with("/assets/")) return "/assets/*";
  return "/*";
}

void count_request(const RequestRecord& record, const http::Request& request, const http::Response& response) {
  const auto& route = shown_route(record);
  const auto status = std::to_string(response.status / 100) + "xx";
  requests_answered.with({known_method(request.method), route, status}).add();
  request_seconds.with(route).observe(seconds_since(record.began));
}

// Names are those of OpenTelemetry's conventions for HTTP.
void tell(base::Span& span, const RequestRecord& record, const http::Request& request, const http::Response& response) {
  span.rename(known_method(request.method) + " " + shown_route(record));
  span.set("http.request.method", known_method(request.method));
  span.set("http.route", shown_route(record));
  span.set("http.response.status_code", std::int64_t{response.status});
  if (!record.user.empty()) span.set("enduser.id", record.user);
  if (response.status >= 500) span.fail("status " + std::to_string(response.status));
}

void log_request(const RequestRecord& record, const http::Request& request, const http::Response& response) {
  const auto ms = static_cast<std::int64_t>(seconds_since(record.began) * 1000);
  const auto bytes = static_cast<std::int64_t>(response.stream ? 0 : response.body.size());
  const auto method = known_method(request.method);
  const auto& route = shown_route(record);
  const std::string user = record.user.empty() ? "-" : record.user;
  base::log_fields("request",
                   method + " " + route + " " + std::to_string(response.status) + " " + std::to_string(ms) + " ms " +
                       std::to_string(bytes) + " bytes " + user,
                   {{"method", method},
                    {"route", route},
                    {"status", std::int64_t{response.status}},
                    {"ms", ms},
                    {"bytes", bytes},
                    {"user", user}});
}

std::string request_id(const http::Request& request) {
  auto given = request.header_or("X-Request-Id", "");
  return plain_id(given) ? given : base::random_token(kOwnIdLength);
}

}  // namespace qd::api
