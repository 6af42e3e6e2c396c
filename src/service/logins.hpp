// Who is it: passwords, sessions and tokens.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "auth/identity.hpp"
#include "auth/realm.hpp"
#include "auth/sessions.hpp"
#include "auth/tokens.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "store/profile_store.hpp"

namespace qd::service {

struct TokenRequest {
  std::string user;                // "": for oneself
  std::vector<std::string> roles;  // {"*"}: one's own
  std::string duration;            // "120d"; "": the longest that is allowed
  std::string name;
};

// Thread-safe; blocks on the database and on password hashes.
class Logins {
 public:
  struct Limits {
    Millis token_max_life{0};  // 0: no limit
  };
  Logins(auth::Realm& realm, auth::Sessions& sessions, auth::Tokens& tokens, store::ProfileStore& profiles,
         const Clock& clock, Limits limits)
      : realm_(realm), sessions_(sessions), tokens_(tokens), profiles_(profiles), clock_(clock), limits_(limits) {}

  std::optional<auth::Identity> by_token(const std::string& secret) { return tokens_.verify(secret); }
  std::optional<auth::Identity> by_session(const std::string& cookie) { return sessions_.verify(cookie); }
  // The session cookie's value; nullopt when user or password is wrong.
  std::optional<std::string> log_in(const std::string& user, const std::string& password);
  void log_out(const std::string& cookie) { sessions_.remove(cookie); }

  Result<std::vector<store::Token>> tokens(const auth::Identity& who, const std::string& user);
  Result<store::Token> token(const auth::Identity& who, const std::string& id);
  Result<auth::Tokens::Created> create_token(const auth::Identity& who, const TokenRequest& request);
  Result<> remove_token(const auth::Identity& who, const std::string& id);

  Result<std::vector<store::Profile>> profiles(const auth::Identity& who);
  Result<store::Profile> profile(const auth::Identity& who, const std::string& login);
  // Changes only what is given.
  struct ProfileChange {
    std::optional<std::string> first_name, last_name, email;
  };
  Result<store::Profile> change_profile(const auth::Identity& who, const std::string& login,
                                        const ProfileChange& change);

 private:
  auth::Realm& realm_;
  auth::Sessions& sessions_;
  auth::Tokens& tokens_;
  store::ProfileStore& profiles_;
  const Clock& clock_;
  Limits limits_;
};

}  // namespace qd::service
