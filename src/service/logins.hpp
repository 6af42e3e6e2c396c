// Who is it: passwords, sessions, tokens and headers of trusted proxies; and what users say about themselves.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "auth/identity.hpp"
#include "auth/login_chain.hpp"
#include "auth/login_throttle.hpp"
#include "auth/sessions.hpp"
#include "auth/tokens.hpp"
#include "base/clock.hpp"
#include "base/guarded.hpp"
#include "base/result.hpp"
#include "base/worker_pool.hpp"
#include "service/audit.hpp"
#include "store/profile_store.hpp"

namespace qd::service {

struct TokenRequest {
  std::string user;                // "": for oneself
  std::vector<std::string> roles;  // {"*"}: one's own
  std::string duration;            // "120d"; "": the longest that is allowed
  std::string name;
};

struct LoginRules {
  Millis token_max_life{0};                 // 0: no limit
  Millis expired_tokens_kept{0};            // how long tokens are listed after their end; 0: for ever
  std::vector<std::string> required_roles;  // one of them is needed to come in; empty: none is
  std::string role_prefix;                  // put before each role that a login gives
  std::size_t max_sessions = 0;             // of a user; older ones end. 0: any number
  bool lower_case_users = false;            // names of users are taken in lower case
  bool sync_profiles = false;               // names and mail addresses of the directory go to profiles
  std::size_t threads = 2;                  // that check passwords
  std::size_t waiting = 2;                  // logins that may wait for one of them; more are told to come back
  auth::ThrottleConfig throttle;
};

// Where a request comes from.
struct ClientOrigin {
  std::string address, agent;
};

// Thread-safe; blocks on the database and on password checks.
class Logins {
 public:
  Logins(auth::LoginModule& modules, auth::Sessions& sessions, auth::Tokens& tokens, store::ProfileStore& profiles,
         Audit& audit, const Clock& clock, LoginRules rules);
  ~Logins();

  std::optional<auth::Identity> by_token(const std::string& secret) { return tokens_.verify(secret); }
  std::optional<auth::Identity> by_session(const std::string& cookie) { return sessions_.verify(cookie); }

  struct Attempt {
    std::string user, password;
    ClientOrigin from;
  };
  struct Refusal {
    enum class Why { wrong, missing_role, throttled, busy } why = Why::wrong;
    Millis wait{0};  // before the next try
  };
  // The session cookie's value, always a new one.
  using LoginResult = std::variant<std::string, Refusal>;
  LoginResult log_in(const Attempt& attempt);
  // Somebody whom a trusted party vouches for (an OIDC provider).
  LoginResult admit(auth::LoginFacts facts, const ClientOrigin& from, const std::string& by, bool sync_profile);
  void log_out(const std::string& cookie, const ClientOrigin& from);

  // Who says with every request who makes it: a trusted proxy, the issuer of a JWT.
  struct Voucher {
    auth::Identity::By by = auth::Identity::By::proxy;
    std::string name;  // as the audit trail tells of it: "by a trusted proxy"
    bool sync_profile = false;
  };
  // Somebody whom `voucher` vouches for; empty names are nobody. His profile is written when `sync_profile` and what is
  // said of him changed.
  std::optional<auth::Identity> vouched(const auth::LoginFacts& facts, const ClientOrigin& from,
                                        const Voucher& voucher);
  // For the audit trail: a login that failed elsewhere.
  void record_refused(const auth::Identity& who, const std::string& reason);

  Result<std::vector<store::Token>> tokens(const auth::Identity& who, const std::string& user);
  Result<store::Token> token(const auth::Identity& who, const std::string& id);
  Result<auth::Tokens::Created> create_token(const auth::Identity& who, const TokenRequest& request);
  // May he make one for `user` with these roles? The error says why not.
  Result<> may_make_token(const auth::Identity& who, const std::string& user,
                          const std::vector<std::string>& roles) const;
  // A new secret for the token, and a new life as long as the old one was; the old secret is void at once.
  Result<auth::Tokens::Created> rotate_token(const auth::Identity& who, const std::string& id);
  Result<> remove_token(const auth::Identity& who, const std::string& id);
  // Those whose time is over; user "": everybody's. How many they were.
  Result<std::int64_t> remove_expired_tokens(const auth::Identity& who, const std::string& user);

  Result<std::vector<store::Profile>> profiles(const auth::Identity& who);
  Result<store::Profile> profile(const auth::Identity& who, const std::string& login);
  // Changes only what is given.
  struct ProfileChange {
    std::optional<std::string> first_name, last_name, email;
  };
  Result<store::Profile> change_profile(const auth::Identity& who, const std::string& login,
                                        const ProfileChange& change);

 private:
  struct Vouched;
  std::optional<auth::LoginOutcome> check(const auth::Credentials& credentials);
  LoginResult refuse(const Attempt& attempt, Refusal refusal, const std::string& reason);
  bool has_required_role(const std::vector<std::string>& roles) const;
  void sync_profile(const auth::LoginFacts& facts);
  Result<std::optional<Millis>> token_life(const std::string& duration) const;

  auth::LoginModule& modules_;
  auth::Sessions& sessions_;
  auth::Tokens& tokens_;
  store::ProfileStore& profiles_;
  Audit& audit_;
  const Clock& clock_;
  LoginRules rules_;
  auth::LoginThrottle throttle_;
  std::unique_ptr<Vouched> vouched_;
  base::WorkerPool pool_;  // last: its threads end first
};

}  // namespace qd::service
