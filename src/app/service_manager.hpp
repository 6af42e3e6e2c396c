// The service manager that started this process, when it wants to hear how it goes: the protocol of sd_notify(3), which
// is one datagram of NAME=value lines to a unix socket.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace qd::app {

// Thread-safe. Without a service manager every call does nothing.
class ServiceManager {
 public:
  // Reads NOTIFY_SOCKET (a path, or @name in the abstract namespace), WATCHDOG_USEC and WATCHDOG_PID.
  explicit ServiceManager(const std::map<std::string, std::string>& environment);
  ~ServiceManager();
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;

  // Takes the variables out of this process' environment: what jobs run must not speak in the server's name.
  static void forget_environment();

  void ready(std::string_view status) const noexcept;
  void reloading() const noexcept;  // until the next ready()
  // The end may take `limit` from now on.
  void stopping(Millis limit) const noexcept;
  void alive() const noexcept;  // feeds the watchdog

  // The manager ends a process that was not alive() for so long; 0: it does not watch.
  Millis watchdog_period() const { return watchdog_period_; }

 private:
  void send(std::string_view lines) const noexcept;

  std::string socket_name_;
  int socket_ = -1;
  Millis watchdog_period_{0};
};

}  // namespace qd::app
