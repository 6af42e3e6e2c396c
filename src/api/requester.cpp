#include "api/requester.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace qd::api {
namespace {

std::optional<auth::Identity> find_vouched(Services& services, const http::Request& request) {
  const auto& vouching = services.rules.vouching;
  if (!vouching.enabled || !services.rules.proxies.contains(request.remote_address)) return std::nullopt;
  auth::LoginFacts facts;
  facts.user = base::trim(request.header_or(vouching.user_header, ""));
  if (facts.user.empty()) return std::nullopt;
  std::string roles = request.header_or(vouching.roles_header, "");
  if (vouching.delimiter != ",") roles = base::replace_all(roles, vouching.delimiter, ",");
  auth::add_roles(facts.roles, base::split_trimmed(roles, ','));
  if (vouching.sync_profile) {
    facts.first_name = request.header_or(vouching.first_name_header, "");
    facts.last_name = request.header_or(vouching.last_name_header, "");
    facts.email = request.header_or(vouching.email_header, "");
  }
  return services.logins.vouched(facts, origin_of(services.rules, request),
                                 {auth::Identity::By::proxy, "by a trusted proxy", vouching.sync_profile});
}

std::optional<std::string> token_of(const http::Request& request) {
  if (auto header = request.header("X-Rundeck-Auth-Token")) return header;
  std::optional<std::string> secret;
  for (const auto* fields : {&request.form, &request.query}) {
    for (const auto& [key, value] : *fields) {
      if (key == "authtoken") secret = value;
    }
  }
  return secret;
}

// The JWT of `Authorization: Bearer`, when such tokens count here.
std::optional<std::string> bearer_of(const Services& services, const http::Request& request) {
  constexpr std::string_view kScheme = "bearer ";
  if (!services.sso.takes_bearer()) return std::nullopt;
  const std::string header = request.header_or("Authorization", "");
  if (!base::iequals(std::string_view(header).substr(0, kScheme.size()), kScheme)) return std::nullopt;
  return std::string(base::trim(std::string_view(header).substr(kScheme.size())));
}

// Who gave a secret that is not to be shown.
std::string shown_token(const std::string& secret) {
  return "(Token:" + secret.substr(0, std::min<std::size_t>(5, secret.size() / 2)) + "****)";
}

}  // namespace

service::ClientOrigin origin_of(const RequestRules& rules, const http::Request& request) {
  service::ClientOrigin origin{request.remote_address, request.header_or("User-Agent", "")};
  if (!rules.proxies.contains(request.remote_address)) return origin;
  std::vector<std::string> hops;
  for (auto [at, end] = request.headers.equal_range("X-Forwarded-For"); at != end; ++at) {
    for (auto& hop : base::split_trimmed(at->second, ',')) hops.push_back(std::move(hop));
  }
  // Everything left of the first address that is not ours may be made up.
  for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
    if (hop->size() > 45) break;
    origin.address = *hop;
    if (!rules.proxies.contains(*hop)) break;
  }
  return origin;
}

bool is_secure(const RequestRules& rules, const http::Request& request) {
  if (request.secure) return true;
  return rules.proxies.contains(request.remote_address) &&
         base::iequals(request.header_or("X-Forwarded-Proto", ""), "https");
}

std::optional<auth::Identity> find_visitor(Services& services, const http::Request& request) {
  auto identity = find_vouched(services, request);
  if (!identity) {
    if (const auto cookie = request.cookie(kSessionCookie)) identity = services.logins.by_session(*cookie);
  }
  if (!identity) return std::nullopt;
  const auto origin = origin_of(services.rules, request);
  identity->address = origin.address;
  identity->agent = origin.agent;
  return identity;
}

std::optional<Requester> find_poster(Services& services, const http::Request& request, const std::string& token) {
  if (!services.webhooks.enabled()) return std::nullopt;
  Requester poster{services.webhooks.by_token(token), shown_token(token)};
  if (!poster.identity) return poster;
  const auto origin = origin_of(services.rules, request);
  poster.identity->address = origin.address;
  poster.identity->agent = origin.agent;
  return poster;
}

Requester find_requester(Services& services, const http::Request& request) {
  auto secret = token_of(request);
  Requester requester;
  if (secret) {
    requester.identity = services.logins.by_token(*secret);
  } else if ((secret = bearer_of(services, request))) {
    requester.identity = services.sso.by_bearer(*secret, origin_of(services.rules, request));
  } else {
    return {find_visitor(services, request)};
  }
  if (!requester.identity) {
    requester.name = shown_token(*secret);
    return requester;
  }
  const auto origin = origin_of(services.rules, request);
  requester.identity->address = origin.address;
  requester.identity->agent = origin.agent;
  return requester;
}

}  // namespace qd::api
