#include "api/dispatcher.hpp"

#include <variant>

#include "api/answers.hpp"
#include "api/browser_check.hpp"
#include "api/feed.hpp"
#include "api/links.hpp"
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

std::optional<ApiPath> api_path(std::string_view path) {
  if (!path.starts_with(kApiPrefix)) return std::nullopt;
  path.remove_prefix(kApiPrefix.size());
  const std::size_t end = path.find('/');
  if (end == std::string_view::npos) return ApiPath{std::string(path), ""};
  return ApiPath{std::string(path.substr(0, end)), path.substr(end)};
}

// Where the secret of a webhook's URL begins in the path; npos: it is another path.
std::size_t webhook_secret_at(std::string_view path) {
  constexpr std::string_view kPath = "/webhook/";
  const std::size_t found = path.find(kPath);
  if (found == std::string_view::npos || path.find("/project/") != std::string_view::npos)
    return std::string_view::npos;
  return found + kPath.size();
}

std::string loggable_path(const http::Request& request) {
  const std::size_t secret = webhook_secret_at(request.path);
  return secret == std::string_view::npos ? request.path : request.path.substr(0, secret) + "…";
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

  // A request that may go to its route.
  struct Admitted {
    const Route& route;
    auth::Identity who;
    int version;
    std::map<std::string, std::string, std::less<>> params;

    Call call(const http::Request& request, Services& services) const {
      return {request, services, who, version, params, nullptr};
    }
  };

  // Everything that is looked at before a route's handler runs; needs no body.
  std::variant<Admitted, http::Response> admit(const http::Request& request, const ApiPath& path,
                                               RequestRecord& record) {
    const auto poster = find_poster(services, request, path.rest);
    Requester asker = poster ? *poster : find_requester(services, request);
    if (asker.identity) {
      services.access.admit(*asker.identity);
      record.user = asker.identity->user;
    }
    const std::string shown_path(poster ? "/api/" + path.version_text + "/webhook/…" : request.raw_path);
    const auto version = parse_version(path.version_text);
    if (!version) return unsupported_version(path.version_text, shown_path, version.error().message);
    if (!asker.identity) {
      return error_answer(403, "unauthorized", asker.name + " is not authorized for: " + shown_path);
    }
    if (asker.identity->by != auth::Identity::By::token && changes_something(request)) {
      if (const auto why = distrust(services, request)) return error_answer(403, "api.error.cross-site", *why);
    }
    if (path.rest.empty() || path.rest == "/") return about_api();
    const auto lookup = router.find(request.method == "HEAD" ? "GET" : request.method, path.rest);
    if (!lookup.match) {
      if (lookup.allowed.empty())
        return error_answer(404, "api.error.invalid.request", "Invalid API Request: " + shown_path);
      if (request.method == "OPTIONS") {
        auto methods = no_content();
        methods.headers.emplace("Allow", base::join(lookup.allowed, ", "));
        return methods;
      }
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
    Admitted admitted{route, std::move(*asker.identity), *version, lookup.match->params};
    Call call = admitted.call(request, services);
    if (auto right = right_to(route.needs, call); !right) return error_answer(right.error());
    return admitted;
  }

  http::Response handle_api(const http::Request& request, const ApiPath& path, const Upload& upload,
                            RequestRecord& record) {
    auto admitted = admit(request, path, record);
    if (auto* refusal = std::get_if<http::Response>(&admitted)) return std::move(*refusal);
    Call call = std::get<Admitted>(admitted).call(request, services);
    call.upload = upload;
    return std::get<Admitted>(admitted).route.handle(call);
  }

  std::string_view below_context(const http::Request& request) const {
    std::string_view path = request.raw_path;
    if (path.starts_with(services.context_path)) path.remove_prefix(services.context_path.size());
    return path;
  }

  // Of /api/V itself: by this, clients find out which version to speak.
  http::Response about_api() const {
    return json_answer(JsonObject{{"apiversion", kCurrentVersion}, {"href", api_url(services, "")}});
  }

  http::Response answer(const http::Request& request, const Upload& upload, RequestRecord& record);

  Services services;
  std::vector<Route> routes;
  http::Router router;
};

Dispatcher::Dispatcher(Services services) : impl_(std::make_unique<Impl>(std::move(services))) {}
Dispatcher::~Dispatcher() = default;

http::Response Dispatcher::handle(const http::Request& request, const Upload& upload) {
  RequestRecord record;
  auto span = base::Span::begin(request.method, base::SpanKind::server,
                                base::parse_traceparent(request.header_or("traceparent", "")));
  auto work = span.work();
  work.request = request_id(request);
  const base::WorkScope scope(std::move(work));
  auto response = impl_->answer(request, upload, record);
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

http::Response Dispatcher::Impl::answer(const http::Request& request, const Upload& upload, RequestRecord& record) {
  try {
    const std::string_view path = below_context(request);
    if (const auto api = api_path(path)) return handle_api(request, *api, upload, record);
    record.route = path.starts_with(member_prefix) ? std::string(member_prefix) + "*" : page_route(path);
    if (path.starts_with(member_prefix)) return member_page(services, request, path);
    return page(services, request, path);
  } catch (const store::SealError& error) {
    base::log_error("api", request.method + " " + loggable_path(request) + ": " + error.what());
    return error_answer(503, "api.error.storage.sealed",
                        std::string("What is kept encrypted cannot be opened here. ") + error.what());
  } catch (const store::DatabaseError& error) {
    base::log_error("api", request.method + " " + loggable_path(request) + ": " + error.what());
    if (!error.unavailable)
      return error_answer(500, "api.error.unknown", "An unknown error occurred. The server's log says more.");
    return error_answer(
        Error{ErrorKind::unavailable, "The database cannot be reached at the moment. Try again in a second.", ""});
  } catch (const std::exception& error) {
    base::log_error("api", request.method + " " + loggable_path(request) + ": " + error.what());
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

bool Dispatcher::is_upload(const http::Request& request) {
  const std::string_view path = request.raw_path;
  return request.method == "PUT" && path.ends_with("/import") && path.find("/project/") != std::string_view::npos;
}

std::optional<http::Response> Dispatcher::refuse_upload(const http::Request& request) {
  const auto path = api_path(impl_->below_context(request));
  if (!path) return error_answer(404, "api.error.invalid.request", "Invalid API Request: " + request.path);
  RequestRecord record;
  auto admitted = impl_->admit(request, *path, record);
  auto* refusal = std::get_if<http::Response>(&admitted);
  if (refusal == nullptr) return std::nullopt;
  count_request(record, request, *refusal);
  return std::move(*refusal);
}

std::size_t Dispatcher::body_limit(const http::Request& request) {
  const std::string_view path = request.raw_path;
  if (path.find("/input/file") != std::string_view::npos) return 200 * kMiB;
  if (path.ends_with("/jobs/import") || path.find("/run/script") != std::string_view::npos) return 32 * kMiB;
  if (webhook_secret_at(path) != std::string_view::npos) return 2 * kMiB;
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
