// Logins: how people come in and go out.
#include "service/logins.hpp"

#include <algorithm>
#include <future>
#include <unordered_map>

#include "base/logging.hpp"
#include "base/text.hpp"

namespace qd::service {
namespace {

constexpr std::size_t kMostVouched = 20'000;
constexpr UnixMillis kVouchedAnew = 8LL * 3'600'000;  // how often the trail tells of somebody's coming by a proxy

}  // namespace

// Whom proxies vouched for, and what was last said of them.
struct Logins::Vouched {
  struct Seen {
    std::string said;
    UnixMillis at = 0;
  };
  base::Guarded<std::unordered_map<std::string, Seen>> by_user;
};

Logins::Logins(auth::LoginModule& modules, auth::Sessions& sessions, auth::Tokens& tokens,
               store::ProfileStore& profiles, Audit& audit, const Clock& clock, LoginRules rules)
    : modules_(modules),
      sessions_(sessions),
      tokens_(tokens),
      profiles_(profiles),
      audit_(audit),
      clock_(clock),
      rules_(std::move(rules)),
      throttle_(clock, rules_.throttle),
      vouched_(std::make_unique<Vouched>()),
      pool_("login", rules_.threads, rules_.waiting) {}

Logins::~Logins() {
  pool_.stop();
}

std::optional<auth::LoginOutcome> Logins::check(const auth::Credentials& credentials) {
  std::promise<auth::LoginOutcome> promise;
  auto answer = promise.get_future();
  const bool taken = pool_.try_post([&] {
    try {
      auth::SharedLogin shared;
      promise.set_value(modules_.log_in(credentials, shared));
    } catch (...) {
      promise.set_exception(std::current_exception());
    }
  });
  if (!taken) return std::nullopt;
  return answer.get();
}

bool Logins::has_required_role(const std::vector<std::string>& roles) const {
  if (rules_.required_roles.empty()) return true;
  return std::ranges::any_of(rules_.required_roles,
                             [&](const std::string& role) { return std::ranges::find(roles, role) != roles.end(); });
}

Logins::LoginResult Logins::refuse(const Attempt& attempt, Refusal refusal, const std::string& reason) {
  auth::Identity who;
  who.user = attempt.user;
  who.address = attempt.from.address;
  who.agent = attempt.from.agent;
  audit_.record(who, {audit::kLoginFailed, audit::kUser, attempt.user, "", reason});
  base::log_warn("login", "refused for user \"" + base::repair_utf8(attempt.user.substr(0, 100)) + "\" from " +
                              attempt.from.address + ": " + reason);
  return refusal;
}

Logins::LoginResult Logins::log_in(const Attempt& given) {
  Attempt attempt = given;
  if (rules_.lower_case_users) attempt.user = base::lower(attempt.user);
  const Millis wait = throttle_.wait(attempt.user, attempt.from.address);
  if (wait.count() > 0) return Refusal{Refusal::Why::throttled, wait};
  auto outcome = check({attempt.user, attempt.password});
  if (!outcome) return Refusal{Refusal::Why::busy, Millis(1'000)};
  if (outcome->kind != auth::LoginOutcome::Kind::good) {
    if (outcome->kind == auth::LoginOutcome::Kind::bad) throttle_.failed(attempt.user, attempt.from.address);
    return refuse(attempt, {}, outcome->reason);
  }
  throttle_.succeeded(attempt.user, attempt.from.address);
  if (outcome->facts.user.empty()) outcome->facts.user = attempt.user;
  for (std::string& role : outcome->facts.roles) role.insert(0, rules_.role_prefix);
  return admit(std::move(outcome->facts), attempt.from, "", rules_.sync_profiles);
}

Logins::LoginResult Logins::admit(auth::LoginFacts facts, const ClientOrigin& from, const std::string& by,
                                  bool sync_profile_too) {
  if (!has_required_role(facts.roles)) {
    return refuse({facts.user, "", from}, {Refusal::Why::missing_role, Millis(0)},
                  "none of the roles " + base::join(rules_.required_roles, ", "));
  }
  const auth::Identity who{facts.user, facts.roles, auth::Identity::By::session, "", nullptr, from.address, from.agent};
  audit_.record(who, {audit::kLoginSuccess, audit::kUser, facts.user, "", by});
  base::log_info("login", "user \"" + facts.user + "\"");
  profiles_.logged_in(facts.user, clock_.now());
  if (sync_profile_too) sync_profile(facts);
  std::string cookie = sessions_.create(facts.user, facts.roles);
  if (rules_.max_sessions > 0) sessions_.keep_youngest(facts.user, rules_.max_sessions);
  return cookie;
}

void Logins::log_out(const std::string& cookie, const ClientOrigin& from) {
  auto who = sessions_.verify(cookie);
  sessions_.remove(cookie);
  if (!who) return;
  who->address = from.address;
  who->agent = from.agent;
  audit_.record(*who, {audit::kLogout, audit::kUser, who->user});
}

void Logins::record_refused(const auth::Identity& who, const std::string& reason) {
  audit_.record(who, {audit::kLoginFailed, audit::kUser, who.user, "", reason});
}

std::optional<auth::Identity> Logins::vouched(const auth::LoginFacts& facts, const ClientOrigin& from,
                                              const Voucher& voucher) {
  if (facts.user.empty() || !base::valid_utf8(facts.user) || !has_required_role(facts.roles)) return std::nullopt;
  const auth::Identity who{facts.user, facts.roles, voucher.by, "", nullptr, from.address, from.agent};
  const UnixMillis now = clock_.now();
  const std::string said = facts.first_name + "\n" + facts.last_name + "\n" + facts.email;
  bool changed = false;
  const bool is_new = vouched_->by_user.with([&](auto& all) {
    if (all.size() >= kMostVouched) all.clear();
    auto& seen = all[voucher.name + "\n" + facts.user];
    const bool anew = now - seen.at > kVouchedAnew;
    changed = anew || seen.said != said;
    if (anew) seen.at = now;
    seen.said = said;
    return anew;
  });
  if (is_new) {
    audit_.record(who, {audit::kLoginSuccess, audit::kUser, facts.user, "", voucher.name});
    profiles_.logged_in(facts.user, now);
  }
  if (changed && voucher.sync_profile) sync_profile(facts);
  return who;
}

void Logins::sync_profile(const auth::LoginFacts& facts) {
  auto profile = profiles_.find(facts.user);
  if (!profile) return;
  const store::Profile before = *profile;
  const auto take = [](std::string& mine, const std::string& said) {
    if (!said.empty() && base::valid_utf8(said)) mine = said.substr(0, 190);
  };
  take(profile->first_name, facts.first_name);
  take(profile->last_name, facts.last_name);
  take(profile->email, facts.email);
  const bool same = profile->first_name == before.first_name && profile->last_name == before.last_name &&
                    profile->email == before.email;
  if (same) return;
  profile->updated = clock_.now();
  profiles_.save(*profile);
}

}  // namespace qd::service
