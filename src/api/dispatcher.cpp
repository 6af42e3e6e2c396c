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
#include "api/route_right.hpp"
#include "api/route_table.hpp"
#include "base/logging.hpp"
#include "base/text.hpp"
#include "base/trace.hpp"
#include "base/work_context.hpp"
#include "store/database.hpp"
#include "store/unstorable_text.hpp"

namespace qd::api {
namespace {

constexpr const char* kRequestIdHeader = "X-Request-Id";

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

http::Response no_such_route(const http::Request& request, const RouteTable::Place& place) {
  if (place.allowed.empty())
    return error_answer(404, "api.error.invalid.request", "Invalid API Request: " + place.shown_path);
  if (request.method == "OPTIONS") {
    auto methods = no_content();
    methods.headers.emplace("Allow", base::join(place.allowed, ", "));
    return methods;
  }
  auto refused = error_answer(405, "api.error.invalid.request",
                              "Invalid API Request: " + request.method + " is not possible on " + place.shown_path +
                                  "; use " + base::join(place.allowed, " or "));
  refused.headers.emplace("Allow", base::join(place.allowed, ", "));
  return refused;
}

// Of /api/V itself: by this, clients find out which version to speak.
http::Response about_api(const Services& services) {
  return json_answer(JsonObject{{"apiversion", kCurrentVersion}, {"href", api_url(services, "")}});
}

bool disk_is_full(const store::DatabaseError& error) {
  return error.code == "13" || error.code == "53100" || error.code == "1021";  // SQLite, PostgreSQL, MariaDB
}

http::Response unexpected(const http::Request& request, const std::string& shown_path, const std::exception& error) {
  base::log_error("api", request.method + " " + shown_path + ": " + error.what());
  return error_answer(500, "api.error.unknown", "An unknown error occurred. The server's log says more.");
}

}  // namespace

struct Dispatcher::Impl {
  using Place = RouteTable::Place;

  explicit Impl(Services given) : services(std::move(given)), table(services.context_path) {
    services.feeds = std::make_shared<Feeds>(services);
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

  std::variant<Admitted, http::Response> admit(const http::Request& request, Place place, RequestRecord& record);
  http::Response handle_api(const http::Request& request, Place place, const Upload& upload, RequestRecord& record);
  http::Response answer(const http::Request& request, const Upload& upload, RequestRecord& record);

  Services services;
  const RouteTable table;
};

// Everything that is looked at before a route's handler runs; needs no body.
std::variant<Dispatcher::Impl::Admitted, http::Response> Dispatcher::Impl::admit(const http::Request& request,
                                                                                 Place place, RequestRecord& record) {
  const auto poster = place.token ? find_poster(services, request, *place.token) : std::nullopt;
  Requester asker = poster ? *poster : find_requester(services, request);
  if (asker.identity) {
    services.access.admit(*asker.identity);
    record.user = asker.identity->user;
  }
  const auto version = parse_version(place.version);
  if (!version) return unsupported_version(place.version, place.shown_path, version.error().message);
  if (!asker.identity) {
    return error_answer(403, "unauthorized", asker.name + " is not authorized for: " + place.shown_path);
  }
  if (asker.identity->by != auth::Identity::By::token && changes_something(request)) {
    if (const auto why = distrust(services, request)) return error_answer(403, "api.error.cross-site", *why);
  }
  if (place.root) return about_api(services);
  if (place.route == nullptr) return no_such_route(request, place);
  const Route& route = *place.route;
  record.route = std::string("/api/V/") + route.pattern;
  if (*version < route.since) {
    return unsupported_version(place.version, place.shown_path,
                               "Minimum supported version: " + std::to_string(route.since));
  }
  Admitted admitted{route, std::move(*asker.identity), *version, std::move(place.params)};
  Call call = admitted.call(request, services);
  if (auto right = right_to(route.needs, call); !right) return error_answer(right.error());
  return admitted;
}

http::Response Dispatcher::Impl::handle_api(const http::Request& request, Place place, const Upload& upload,
                                            RequestRecord& record) {
  auto admitted = admit(request, std::move(place), record);
  if (auto* refusal = std::get_if<http::Response>(&admitted)) return std::move(*refusal);
  Call call = std::get<Admitted>(admitted).call(request, services);
  call.upload = upload;
  return std::get<Admitted>(admitted).route.handle(call);
}

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
  const auto place = table.find(request);
  const std::string& shown_path = place ? place->shown_path : request.path;
  try {
    if (place) return handle_api(request, *place, upload, record);
    const std::string_view path = table.below_context(request);
    record.route = path.starts_with(member_prefix) ? std::string(member_prefix) + "*" : page_route(path);
    if (path.starts_with(member_prefix)) return member_page(services, request, path);
    return page(services, request, path);
  } catch (const store::SealError& error) {
    base::log_error("api", request.method + " " + shown_path + ": " + error.what());
    return error_answer(503, "api.error.storage.sealed",
                        std::string("What is kept encrypted cannot be opened here. ") + error.what());
  } catch (const store::UnstorableText& error) {
    base::log_warn("api", request.method + " " + shown_path + ": " + error.what());
    return error_answer(400, "api.error.invalid.request",
                        "Invalid API Request: a text in it " + error.flaw +
                            " and cannot be stored. Send texts as UTF-8, without NUL bytes.");
  } catch (const store::DatabaseError& error) {
    if (!error.unavailable) return unexpected(request, shown_path, error);
    base::log_error("api", request.method + " " + shown_path + ": " + error.what());
    if (disk_is_full(error)) {
      return error_answer(Error{ErrorKind::unavailable,
                                "The database cannot store this: its disk is full. Nothing was changed. Make room "
                                "there, then try again.",
                                ""});
    }
    return error_answer(
        Error{ErrorKind::unavailable, "The database cannot be reached at the moment. Try again in a second.", ""});
  } catch (const std::exception& error) {
    return unexpected(request, shown_path, error);
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

Intake Dispatcher::intake(const http::Request& request) const {
  return impl_->table.intake(request);
}

std::optional<http::Response> Dispatcher::refuse_upload(const http::Request& request) {
  auto place = impl_->table.find(request);
  if (!place) return error_answer(404, "api.error.invalid.request", "Invalid API Request: " + request.path);
  RequestRecord record;
  auto admitted = impl_->admit(request, std::move(*place), record);
  auto* refusal = std::get_if<http::Response>(&admitted);
  if (refusal == nullptr) return std::nullopt;
  count_request(record, request, *refusal);
  return std::move(*refusal);
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
