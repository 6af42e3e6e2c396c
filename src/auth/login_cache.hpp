// Remembers good logins for a while, without their passwords: a slow hash with a salt of this process stands for each.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "auth/login_chain.hpp"
#include "base/clock.hpp"

namespace qd::auth {

// Thread-safe. Each call computes a hash (a few milliseconds), outside of any lock.
class LoginCache {
 public:
  // Nothing is kept when `life` is 0.
  LoginCache(const Clock& clock, Millis life);
  ~LoginCache();

  // What put() was given for the same user and password, unless it is too old.
  std::optional<LoginFacts> find(const Credentials& credentials);
  void put(const Credentials& credentials, const LoginFacts& facts);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace qd::auth
