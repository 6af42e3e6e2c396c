#include "app/login_setup.hpp"

#include <algorithm>

#include "auth/file_modules.hpp"
#include "auth/jaas_modules.hpp"
#include "base/text.hpp"

namespace qd::app {

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

}  // namespace qd::app
