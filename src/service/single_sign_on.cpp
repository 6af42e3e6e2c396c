#include "service/single_sign_on.hpp"

#include "base/logging.hpp"
#include "base/text.hpp"

namespace qd::service {
namespace {

constexpr int kMostAtOnce = 8;  // each holds a thread of requests while the provider thinks
constexpr UnixMillis kBetweenComplaints = 1'000;

class Counted {
 public:
  explicit Counted(std::atomic<int>& count) : count_(count), mine_(++count) {}
  ~Counted() { --count_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  bool too_many() const { return mine_ > kMostAtOnce; }

 private:
  std::atomic<int>& count_;
  const int mine_;
};

Error busy() {
  return {ErrorKind::unavailable, "Too many people log in at the moment. Try again in a few seconds.", ""};
}

}  // namespace

SingleSignOn::SingleSignOn(SingleSignOnRules rules, const auth::WebFetch& fetch, Logins& logins, const Clock& clock)
    : sync_profiles_(rules.sync_profiles), logins_(logins), clock_(clock) {
  for (const auth::OauthProvider& provider : rules.providers) {
    if (provider.logs_in())
      logins_by_provider_.push_back(
          std::make_unique<auth::OidcLogin>(provider, rules.profile, rules.leeway, fetch, clock));
    if (!provider.bearer.enabled) continue;
    bearers_.push_back(std::make_unique<auth::BearerTokens>(provider, rules.leeway, fetch, clock));
    if (provider.bearer.audiences.empty())
      base::log_warn("login", "provider " + provider.name +
                                  ": bearer tokens are taken whatever their audience is, as "
                                  "resourceserver.jwt.audiences says nothing");
  }
}

auth::OidcLogin* SingleSignOn::find(const std::string& provider) {
  for (const auto& login : logins_by_provider_) {
    if (login->provider().name == provider) return login.get();
  }
  return nullptr;
}

std::string SingleSignOn::redirect_uri(const auth::OidcLogin& login, const std::string& server_url) const {
  const std::string& own = login.provider().redirect_uri;
  return own.empty() ? server_url + "/login/oauth2/code/" + login.provider().name : own;
}

// People learn what they can do about it; what the provider answered is for the log.
Error SingleSignOn::explain(const auth::OidcLogin& login, const Error& error, const ClientOrigin& from) {
  const std::string& name = login.provider().name;
  base::log_warn("login", "by provider " + name + " from " + from.address + ": " + error.message);
  if (error.kind == ErrorKind::conflict)
    return {error.kind, "This login was begun in another window or browser, or too long ago. Try again.", ""};
  if (error.kind == ErrorKind::unauthorized) return {error.kind, "The login was refused by " + name + ".", ""};
  if (error.kind == ErrorKind::unavailable)
    return {error.kind, name + " cannot be reached at the moment. Try again in a few seconds.", ""};
  auth::Identity who;
  who.address = from.address;
  who.agent = from.agent;
  logins_.record_refused(who, "by " + name + ": " + error.message);
  return {ErrorKind::unauthenticated, "The answer of " + name + " could not be verified. The server's log says more.",
          ""};
}

Result<auth::OidcLogin::Started> SingleSignOn::start(const std::string& provider, const std::string& server_url) {
  auth::OidcLogin* login = find(provider);
  if (login == nullptr) return fail(ErrorKind::not_found, "There is no login by that name.");
  const Counted call(under_way_);
  if (call.too_many()) return fail(busy());
  auto started = login->start(redirect_uri(*login, server_url));
  if (!started) {
    base::log_error("login", "provider " + provider + ": " + started.error().message);
    return fail(ErrorKind::unavailable, provider + " cannot be reached at the moment. The server's log says more.");
  }
  return started;
}

SingleSignOn::Finished SingleSignOn::finish(const std::string& provider, const auth::OidcLogin::Answer& answer,
                                            const std::string& secret, const std::string& server_url,
                                            const ClientOrigin& from) {
  auth::OidcLogin* login = find(provider);
  if (login == nullptr) return Error{ErrorKind::not_found, "There is no login by that name.", ""};
  const Counted call(under_way_);
  if (call.too_many()) return busy();
  auto facts = login->finish(answer, secret, redirect_uri(*login, server_url));
  if (!facts) return explain(*login, facts.error(), from);
  auto admitted = logins_.admit(std::move(*facts), from, "by " + provider, sync_profiles_);
  if (auto* refusal = std::get_if<Logins::Refusal>(&admitted)) return *refusal;
  return std::get<std::string>(std::move(admitted));
}

std::string SingleSignOn::logout_url(const std::string& provider, const std::string& then) {
  auth::OidcLogin* login = find(provider);
  return login == nullptr ? std::string() : login->logout_url(then);
}

std::optional<auth::Identity> SingleSignOn::by_bearer(const std::string& token, const ClientOrigin& from) {
  std::string reasons;
  for (const auto& bearer : bearers_) {
    const auto facts = bearer->verify(token);
    if (facts)
      return logins_.vouched(*facts, from, {auth::Identity::By::token, "by a token of " + bearer->name(), false});
    reasons += (reasons.empty() ? "" : "; ") + bearer->name() + ": " + facts.error().message;
  }
  // Whoever floods us with tokens does not flood the log.
  const UnixMillis now = clock_.now();
  UnixMillis last = complained_.load();
  if (now - last >= kBetweenComplaints && complained_.compare_exchange_strong(last, now))
    base::log_warn("login", "a bearer token from " + from.address + " was refused: " + reasons);
  return std::nullopt;
}

void SingleSignOn::warm() noexcept {
  for (const auto& bearer : bearers_) {
    if (const auto warm = bearer->warm(); !warm)
      base::log_error("login", "keys of provider " + bearer->name() + ": " + warm.error().message);
  }
}

}  // namespace qd::service
