#include "app/service_manager.hpp"

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/logging.hpp"

namespace qd::app {
namespace {

constexpr const char* kSocket = "NOTIFY_SOCKET";
constexpr const char* kPeriod = "WATCHDOG_USEC";
constexpr const char* kWatched = "WATCHDOG_PID";

std::string variable(const std::map<std::string, std::string>& environment, const char* name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string() : found->second;
}

// 0 for what is no whole number.
std::int64_t number(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : 0;
}

std::int64_t monotonic_usec() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * std::int64_t{1'000'000} + now.tv_nsec / 1000;
}

}  // namespace

ServiceManager::ServiceManager(const std::map<std::string, std::string>& environment)
    : socket_name_(variable(environment, kSocket)) {
  const bool named = socket_name_.starts_with('/') || socket_name_.starts_with('@');
  if (!named || socket_name_.size() >= sizeof(sockaddr_un::sun_path)) {
    if (!socket_name_.empty()) base::log_warn("server", "NOTIFY_SOCKET names no socket: " + socket_name_);
    return;
  }
  socket_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const std::string watched = variable(environment, kWatched);
  if (watched.empty() || number(watched) == getpid()) {
    watchdog_period_ = Millis(number(variable(environment, kPeriod)) / 1000);
  }
}

ServiceManager::~ServiceManager() {
  if (socket_ >= 0) close(socket_);
}

void ServiceManager::forget_environment() {
  for (const char* name : {kSocket, kPeriod, kWatched}) unsetenv(name);
}

void ServiceManager::ready(std::string_view status) const noexcept {
  send("READY=1\nSTATUS=" + std::string(status));
}

void ServiceManager::reloading() const noexcept {
  send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(monotonic_usec()) + "\nSTATUS=Reading the configuration again");
}

void ServiceManager::stopping(Millis limit) const noexcept {
  send("STOPPING=1\nWATCHDOG=1\nEXTEND_TIMEOUT_USEC=" + std::to_string(limit.count() * 1000) +
       "\nSTATUS=Stopping: requests and executions under way may end");
}

void ServiceManager::alive() const noexcept {
  send("WATCHDOG=1");
}

void ServiceManager::send(std::string_view lines) const noexcept {
  if (socket_ < 0) return;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, socket_name_.data(), socket_name_.size());
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  // An abstract name ends where the address ends, a path at its NUL.
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_name_.size() +
                                             (address.sun_path[0] == '\0' ? 0 : 1));
  // A manager that went away is no reason to fail, and none to wait.
  [[maybe_unused]] const ssize_t sent = sendto(socket_, lines.data(), lines.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
                                               reinterpret_cast<const sockaddr*>(&address), length);
}

}  // namespace qd::app
