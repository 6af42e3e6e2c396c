#include "api/route_table.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace qd::api {
namespace {

constexpr std::string_view kApiPrefix = "/api/";
constexpr const char* kTokenParameter = "token";

// Monitoring that logs in as people do asks for these without a version, as older servers had them.
constexpr std::array<std::string_view, 4> kUnversioned{"/metrics/metrics", "/metrics/ping", "/metrics/threads",
                                                       "/metrics/healthcheck"};

}  // namespace

RouteTable::RouteTable(std::string context_path) : context_path_(std::move(context_path)), routes_(all_routes()) {
  for (const Route& route : routes_) router_.add(route.method, route.pattern);
}

std::string_view RouteTable::below_context(const http::Request& request) const {
  std::string_view path = request.raw_path;
  if (path.starts_with(context_path_)) path.remove_prefix(context_path_.size());
  return path;
}

std::optional<RouteTable::Place> RouteTable::find(const http::Request& request) const {
  std::string_view rest = below_context(request);
  Place place;
  place.shown_path = request.raw_path;
  if (rest.starts_with(kApiPrefix)) {
    rest.remove_prefix(kApiPrefix.size());
    place.version = rest.substr(0, rest.find('/'));
    rest.remove_prefix(place.version.size());
  } else if (std::ranges::find(kUnversioned, rest) != kUnversioned.end()) {
    place.version = std::to_string(kCurrentVersion);
  } else {
    return std::nullopt;
  }
  place.root = rest.empty() || rest == "/";
  auto lookup = router_.find(request.method == "HEAD" ? "GET" : request.method, rest);
  if (lookup.match) {
    place.route = &routes_[lookup.match->route];
  } else if (!lookup.allowed.empty()) {
    place.allowed = std::move(lookup.allowed);
    lookup = router_.find(place.allowed.front(), rest);
  }
  if (!lookup.match) return place;
  const Route& route = routes_[lookup.match->route];
  place.params = std::move(lookup.match->params);
  if (route.intake.token_in_path) {
    place.token = place.params.at(kTokenParameter);
    place.shown_path = "/api/" + place.version + "/" + base::replace_all(route.pattern, "{token}", "…");
  }
  return place;
}

Intake RouteTable::intake(const http::Request& request) const {
  const auto place = find(request);
  return place && place->route != nullptr ? place->route->intake : Intake();
}

}  // namespace qd::api
