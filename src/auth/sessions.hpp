// Login sessions behind the JSESSIONID cookie; they live in the database, so that any member knows them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "auth/identity.hpp"
#include "base/clock.hpp"
#include "store/session_store.hpp"

namespace qd::auth {

// Thread-safe.
class Sessions {
 public:
  Sessions(store::SessionStore& store, const Clock& clock, Millis idle_life);
  ~Sessions();

  std::string create(const std::string& user, const std::vector<std::string>& roles);  // returns the cookie's value
  std::optional<Identity> verify(const std::string& cookie);  // and keeps it alive (written at most once a minute)
  void remove(const std::string& cookie);
  void remove_of_user(const std::string& user);
  // Ends all of the user's but the `kept` youngest.
  void keep_youngest(const std::string& user, std::size_t kept);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace qd::auth
