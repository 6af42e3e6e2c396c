#include "api/dispatcher.hpp"

#include "api/answers.hpp"
#include "api/browser_check.hpp"
#include "api/feed.hpp"
#include "api/member_pages.hpp"
#include "api/pages.hpp"
#include "api/request_record.hpp"
#include "api/requester.hpp"
#include "api/route.hpp"
#include "api/route_right.hpp"
#include "base/logging.hpp"
#include "base/text.hpp"
#include "base/trace.hpp"
#include "base/work_context.hpp"
#include "http/router.hpp"
#include "store/database.hpp"

namespace qd::api {
namespace {

constexpr std::size_t kMiB = 1u << 20;
constexpr std::string_view kApiPrefix = "/api/";
constexpr const char* kRequestIdHeader = "X-Request-Id";

struct ApiPath {
  std::string version_text;
  std::string_view rest;  // below the version, with leading slash, still encoded
};

std::string_view raw_path(const http::Request& request) {
  const std::string_view target = request.target;
  return target.substr(0, target.find('?'));
}

std::optional<ApiPath> api_path(std::string_view path) {
  if (!path.starts_with(kApiPrefix)) return std::nullopt;
  path.remove_prefix(kApiPrefix.size());
  const std::size_t end = path.find('/');
  if (end == std::string_view::npos) return ApiPath{std::string(path), ""};
  return ApiPath{std::string(path.substr(0, end)), path.substr(end)};
}

http::Response unsupported_version(const std::string& version, const std::string& path, const std::string& reason) {
  return error_answer(400, "api.error.api-version.unsupported",
                      "Unsupported API Version \"" + version + "\". API Request: " + path + ". Reason: " + reason);
}

// The number when it is spelt as a supported version is ("000014" is not), else the refusal.
Result<int> parse_version(const std::string& text) {
  const auto number = base::parse_int(text);
  const bool plain = number && std::to_string(*number) == text;
  if (plain && *number >= kMinimumVersion && *number <= kCurrentVersion) return static_cast<int>(*number);
  if (plain && *number < kMinimumVersion)
    return fail(ErrorKind::invalid, "Minimum supported version: " + std::to_string(kMinimumVersion));
  return fail(ErrorKind::invalid, "Current version: " + std::to_string(kCurrentVersion));
}

}  // namespace

struct Dispatcher::Impl {
  explicit Impl(Services given) : services(std::move(given)), routes(all_routes()) {
    services.feeds = std::make_shared<Feeds>(services);
    for (const Route& route : routes) router.add(route.method, route.pattern);
  }

  http::Response handle_api(const http::Request& request, const ApiPath& path, RequestRecord& record) {
    Requester asker = find_requester(services, request);
    if (asker.identity) {
      services.access.admit(*asker.identity);
      record.user = asker.identity->user;
    }
    const std::string shown_path(raw_path(request));
    const auto version = parse_version(path.version_text);
    if (!version) return unsupported_version(path.version_text, shown_path, version.error().message);
    if (!asker.identity) {
      return error_answer(403, "unauthorized", asker.name + " is not authorized for: " + shown_path);
    }
    if (asker.identity->by != auth::Identity::By::token && changes_something(request)) {
      if (const auto why = distrust(services, request)) return error_answer(403, "api.error.cross-site", *why);
    }
    const auto lookup = router.find(request.method == "HEAD" ? "GET" : request.method, path.rest);
    if (!lookup.match) {
      if (lookup.allowed.empty())
        return error_answer(404, "api.error.invalid.request", "Invalid API Request: " + shown_path);
      auto refused = error_answer(405, "api.error.invalid.request",
                                  "Invalid API Request: " + request.method + " is not possible on " + shown_path +
                                      "; use " + base::join(lookup.allowed, " or "));
      refused.headers.emplace("Allow", base::join(lookup.allowed, ", "));
      return refused;
    }
    const Route& route = routes[lookup.match->route];
    record.route = std::string("/api/V/") + route.pattern;
    if (*version < route.since) {
      return unsupported_version(path.version_text, shown_path,
                                 "Minimum supported version: " + std::to_string(route.since));
    }
    Call call{request, services, *asker.identity, *version, lookup.match->params};
    if (auto right = right_to(route.needs, call); !right) return error_answer(right.error());
    return route.handle(call);
  }

  http::Response answer(const http::Request& request, RequestRecord& record);

  Services services;
  std::vector<Route> routes;
  http::Router router;
};

Dispatcher::Dispatcher(Services services) : impl_(std::make_unique<Impl>(std::move(services))) {}
Dispatcher::~Dispatcher() = default;

http::Response Dispatcher::handle(const http::Request& request) {
  RequestRecord record;
  auto span = base::Span::begin(request.method, base::SpanKind::server,
                                base::parse_traceparent(request.header_or("traceparent", "")));
  auto work = span.work();
  work.request = request_id(request);
  const base::WorkScope scope(std::move(work));
  auto response = impl_->answer(request, record);
  tell(span, record, request, response);
  response.headers.emplace(kRequestIdHeader, base::current_work()->request);
  if (response.stream) {  // what goes on after the headers belongs to the request, too
    response.stream = [begin = std::move(response.stream), context = base::current_work()](auto stream) {
      const base::WorkScope streaming(context);
      begin(std::move(stream));
    };
  }
  count_request(record, request, response);
  if (impl_->services.observe.log_requests) log_request(record, request, response);
  return response;
}

http::Response Dispatcher::Impl::answer(const http::Request& request, RequestRecord& record) {
  try {
    std::string_view path = raw_path(request);
    const std::string& prefix = services.context_path;
    if (!prefix.empty() && path.starts_with(prefix)) path.remove_prefix(prefix.size());
    if (const auto api = api_path(path)) return handle_api(request, *api, record);
    record.route = path.starts_with(member_prefix) ? std::string(member_prefix) + "*" : page_route(path);
    if (path.starts_with(member_prefix)) return member_page(services, request, path);
    return page(services, request, path);
  } catch (const store::DatabaseError& error) {
    base::log_error("api", request.method + " " + request.path + ": " + error.what());
    if (!error.unavailable)
      return error_answer(500, "api.error.unknown", "An unknown error occurred. The server's log says more.");
    return error_answer(
        Error{ErrorKind::unavailable, "The database cannot be reached at the moment. Try again in a second.", ""});
  } catch (const std::exception& error) {
    base::log_error("api", request.method + " " + request.path + ": " + error.what());
    return error_answer(500, "api.error.unknown", "An unknown error occurred. The server's log says more.");
  }
}

http::Response Dispatcher::refusal(int status, const std::string& message, const http::Request& request) {
  const char* code = status == 413   ? "api.error.request.too-large"
                     : status == 503 ? "api.error.unavailable"
                                     : "api.error.invalid.request";
  auto response = error_answer(status, code, message);
  count_request(RequestRecord(), request, response);
  return response;
}

std::size_t Dispatcher::body_limit(const http::Request& request) {
  const std::string_view path = raw_path(request);
  if (path.find("/input/file") != std::string_view::npos) return 200 * kMiB;
  if (path.ends_with("/jobs/import") || path.find("/run/script") != std::string_view::npos) return 32 * kMiB;
  return 8 * kMiB;
}

http::Headers Dispatcher::common_headers(bool tls) {
  http::Headers headers{
      {"Content-Security-Policy",
       "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'; object-src 'none'"},
      {"X-Content-Type-Options", "nosniff"},
      {"X-Frame-Options", "DENY"},
      {"Referrer-Policy", "same-origin"},
      {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"},
      {"Cache-Control", "no-store"},
  };
  if (tls) headers.emplace("Strict-Transport-Security", "max-age=31536000");
  return headers;
}

}  // namespace qd::api
