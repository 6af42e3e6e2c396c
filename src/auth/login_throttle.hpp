// Slows down guessing: after some wrong logins for a user, or from an address, each further one has to wait longer, up
// to a limit. Whoever logged in before from an address is not held up there by what strangers try with his name, nor by
// what others try from there.
#pragma once

#include <memory>
#include <string>

#include "base/clock.hpp"

namespace qd::auth {

struct ThrottleConfig {
  bool enabled = true;
  int tries = 5;                 // wrong ones for a user before pauses begin; from an address, five times as many
  Millis longest_pause{60'000};  // from one second on, doubled with every wrong login
};

// Thread-safe. Counts are of this member only.
class LoginThrottle {
 public:
  LoginThrottle(const Clock& clock, ThrottleConfig config);
  ~LoginThrottle();

  // How long until this login may be tried; 0: now. Asking changes nothing.
  Millis wait(const std::string& user, const std::string& address);
  void failed(const std::string& user, const std::string& address);
  void succeeded(const std::string& user, const std::string& address);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace qd::auth
