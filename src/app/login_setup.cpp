#include "app/login_setup.hpp"

#include <algorithm>

#include "auth/file_modules.hpp"
#include "auth/jaas_modules.hpp"
#include "base/logging.hpp"
#include "base/text.hpp"
#include "http/client.hpp"

namespace qd::app {
namespace {

constexpr std::chrono::milliseconds kProviderConnect{3'000}, kProviderCall{10'000};
constexpr std::size_t kProviderAnswer = 1u << 20;

Result<auth::WebAnswer> call_provider(const auth::WebCall& call) {
  http::ClientRequest request;
  request.url = call.url;
  request.headers.emplace_back("Accept", "application/json");
  if (!call.bearer.empty()) request.headers.emplace_back("Authorization", "Bearer " + call.bearer);
  if (!call.form.empty()) {
    request.method = "POST";
    request.body = call.form;
    request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
  }
  request.username = call.user;
  request.password = call.password;
  request.connect_timeout = kProviderConnect;
  request.timeout = kProviderCall;
  request.max_bytes = kProviderAnswer;
  request.follow_redirects = false;
  auto answer = http::fetch(request);
  if (!answer) return fail(ErrorKind::unavailable, answer.error().message);
  return auth::WebAnswer{answer->status, std::move(answer->body)};
}

}  // namespace

Result<std::unique_ptr<auth::LoginModule>> make_login_modules(const Config& config) {
  static const SystemClock clock;  // of caches only: the database's clock has nothing to do with them
  if (config.auth.jaas_file.empty()) {
    return auth::make_file_module({.name = "realm file", .file = config.auth.realm_file});
  }
  const auth::JaasFile jaas{config.auth.jaas_file, config.auth.jaas_module, config.auth.ldap_bind_password,
                            config.auth.realm_file};
  const auto expand = [&](const std::string& name) -> std::optional<std::string> {
    const auto& variables = config.auth.variables;
    const auto found = variables.find(name.starts_with("env.") ? name.substr(4) : name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
  auto chain = auth::load_jaas(jaas, expand, clock);
  if (!chain) return fail(chain.error());
  return std::unique_ptr<auth::LoginModule>(std::move(*chain));
}

service::LoginRules login_rules(const Config& config) {
  service::LoginRules rules;
  const auto& auth = config.auth;
  rules.token_max_life = auth.token_max_life;
  rules.expired_tokens_kept = auth.expired_tokens_kept;
  rules.required_roles = base::split_trimmed(auth.required_roles, ',');
  rules.role_prefix = auth.role_prefix;
  rules.max_sessions = auth.limit_sessions ? auth.max_sessions : 0;
  rules.lower_case_users = auth.lower_case_users;
  rules.sync_profiles = auth.sync_profiles;
  rules.threads = auth.login_threads;
  // A login holds a thread of requests while it waits: others must be left.
  const std::size_t half = std::max<std::size_t>(1, config.pools.worker_threads / 2);
  rules.waiting = half > rules.threads ? half - rules.threads : 1;
  rules.throttle = auth.throttle;
  return rules;
}

service::SingleSignOnRules single_sign_on_rules(const Config& config) {
  for (const auto& [key, value] : config.auth.oauth_properties) {
    if (base::lower(value).starts_with("http://") && !value.starts_with("http://127.0.0.1"))
      base::log_warn("login", key + ": without TLS, whoever is on the way can log in as anybody; use https");
  }
  return {config.auth.oauth, config.auth.profile_claims, config.auth.sync_oauth_profiles, config.auth.clock_skew};
}

auth::WebFetch web_fetch() {
  return call_provider;
}

}  // namespace qd::app
