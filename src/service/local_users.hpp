// Users whose passwords are in the database: made, changed and removed by administrators.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "auth/identity.hpp"
#include "auth/sessions.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "service/audit.hpp"
#include "store/local_user_store.hpp"

namespace qd::service {

// What is given is set.
struct LocalUserChange {
  std::optional<std::string> password;
  std::optional<std::vector<std::string>> roles;
  std::optional<bool> enabled;
};

// Thread-safe; blocks on the database and on password hashes. For those who may administer users.
class LocalUsers {
 public:
  LocalUsers(store::LocalUserStore& users, auth::Sessions& sessions, Audit& audit, const Clock& clock,
             std::size_t shortest_password,
             std::function<void(const auth::Identity& who, const std::string& login)> removed = {})
      : users_(users),
        sessions_(sessions),
        audit_(audit),
        clock_(clock),
        shortest_password_(shortest_password),
        removed_(std::move(removed)) {}

  Result<std::vector<store::LocalUser>> list(const auth::Identity& who);
  Result<store::LocalUser> find(const auth::Identity& who, const std::string& login);
  // A password is needed.
  Result<store::LocalUser> create(const auth::Identity& who, const std::string& login, const LocalUserChange& given);
  // Another password, other roles or being disabled end the user's sessions on every member.
  Result<store::LocalUser> change(const auth::Identity& who, const std::string& login, const LocalUserChange& given);
  Result<> remove(const auth::Identity& who, const std::string& login);

 private:
  Result<> apply(store::LocalUser& user, const LocalUserChange& given) const;

  store::LocalUserStore& users_;
  auth::Sessions& sessions_;
  Audit& audit_;
  const Clock& clock_;
  std::size_t shortest_password_;
  const std::function<void(const auth::Identity& who, const std::string& login)> removed_;  // empty: nobody is told
};

}  // namespace qd::service
