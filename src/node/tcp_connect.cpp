#include "node/tcp_connect.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <system_error>

#include "base/async_event.hpp"
#include "node/ssh_failure.hpp"

namespace qd::node {
namespace {

struct Address {
  sockaddr_storage address{};
  socklen_t size = 0;
};

struct Lookup {
  explicit Lookup(base::EventLoop& loop) : done(loop) {}
  std::vector<Address> addresses;
  std::string error;
  base::AsyncEvent done;
};

constexpr std::size_t kAddressesTried = 8;

std::vector<Address> look_up(const std::string& host, int port, int flags, std::string& error) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int code = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  std::vector<Address> addresses;
  if (code != 0) {
    error = code == EAI_SYSTEM ? std::strerror(errno) : gai_strerror(code);
    return addresses;
  }
  for (const addrinfo* each = found; each != nullptr && addresses.size() < kAddressesTried; each = each->ai_next) {
    Address address;
    address.size = static_cast<socklen_t>(std::min<std::size_t>(each->ai_addrlen, sizeof address.address));
    std::memcpy(&address.address, each->ai_addr, address.size);
    addresses.push_back(address);
  }
  freeaddrinfo(found);
  return addresses;
}

base::Task<void> look_up_aside(base::EventLoop& loop, base::WorkerPool& pool, SshHop hop,
                               std::shared_ptr<Lookup> lookup) {
  auto looking =
      base::run_on(pool, loop, [&] { lookup->addresses = look_up(hop.host, hop.port, AI_ADDRCONFIG, lookup->error); });
  co_await looking;
  lookup->done.set();
}

base::Task<Result<std::vector<Address>>> addresses_of(base::EventLoop& loop, base::WorkerPool& pool, SshHop hop,
                                                      const Attempt& attempt) {
  std::string error;
  auto numeric = look_up(hop.host, hop.port, AI_NUMERICHOST, error);
  if (!numeric.empty()) co_return numeric;
  const auto lookup = std::make_shared<Lookup>(loop);
  base::spawn(look_up_aside(loop, pool, hop, lookup));
  const auto registration = attempt.cancel().on_cancel([lookup] { lookup->done.set(); });
  const bool done = co_await lookup->done.wait_for(attempt.left());
  if (!done || attempt.cancel().cancelled()) {
    co_return fail(attempt.why(hop, "could not be looked up: the name service did not answer"));
  }
  if (lookup->addresses.empty()) co_return fail(ssh_failure::host_not_found(hop, lookup->error));
  co_return std::move(lookup->addresses);
}

// Nothing, or what is wrong.
std::string bind_to(int socket, const std::string& bind_address) {
  if (bind_address.empty()) return {};
  std::string error;
  const auto own = look_up(bind_address, 0, AI_NUMERICHOST, error);
  if (own.empty()) return "bind-address '" + bind_address + "' is no IP address";
  if (bind(socket, reinterpret_cast<const sockaddr*>(&own[0].address), own[0].size) == 0) return {};
  return "cannot bind to " + bind_address + ": " + std::strerror(errno);
}

base::Task<Result<Fd>> connect_to(base::EventLoop& loop, Address to, SshHop hop, std::string bind_address,
                                  const Attempt& attempt) {
  Fd socket(::socket(to.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) co_return fail(ssh_failure::no_connection(hop, std::strerror(errno)));
  const int yes = 1;
  setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (const auto wrong = bind_to(socket.get(), bind_address); !wrong.empty())
    co_return fail(ssh_failure::no_connection(hop, wrong));
  if (connect(socket.get(), reinterpret_cast<const sockaddr*>(&to.address), to.size) == 0) co_return std::move(socket);
  if (errno != EINPROGRESS) co_return fail(ssh_failure::no_connection(hop, std::strerror(errno)));
  FdWatch watch(loop, std::move(socket));
  auto waiting = wait_ready(loop, watch, true, attempt.left(), attempt.cancel());
  const bool ready = co_await std::move(waiting);
  if (!ready) co_return fail(attempt.why(hop, "did not answer"));
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(watch.fd(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) co_return fail(ssh_failure::no_connection(hop, std::strerror(error)));
  co_return watch.release();
}

}  // namespace

Millis Attempt::left() const {
  // Rounded up: whoever waits so long finds it over.
  const auto left = std::chrono::ceil<Millis>(end_ - std::chrono::steady_clock::now());
  return std::max(left, Millis{0}) + Millis{1};
}

Error Attempt::why(const SshHop& hop, const std::string& stage) const {
  return cancel_.cancelled() ? ssh_failure::cancelled(cancel_) : ssh_failure::timed_out(hop, limit_, stage);
}

base::Task<bool> wait_ready(base::EventLoop& loop, FdWatch& watch, bool write, Millis limit, base::CancelToken cancel) {
  const auto event = std::make_shared<base::AsyncEvent>(loop);
  const auto ready = std::make_shared<bool>(false);
  auto tell = [event, ready] {
    *ready = true;
    event->set();
  };
  if (write) {
    watch.when_writable(tell);
  } else {
    watch.when_readable(tell);
  }
  const auto registration = cancel.on_cancel([event] { event->set(); });
  co_await event->wait_for(limit);
  co_return *ready && !cancel.cancelled();
}

base::Task<Result<Fd>> tcp_connect(base::EventLoop& loop, base::WorkerPool& pool, SshHop hop, std::string bind_address,
                                   const Attempt& attempt) {
  auto looking = addresses_of(loop, pool, hop, attempt);
  auto addresses = co_await std::move(looking);
  if (!addresses) co_return fail(addresses.error());
  Result<Fd> last = fail(ssh_failure::host_not_found(hop, "it has no address"));
  for (const auto& address : *addresses) {
    if (attempt.over()) break;
    auto connecting = connect_to(loop, address, hop, bind_address, attempt);
    last = co_await std::move(connecting);
    if (last) break;
  }
  co_return std::move(last);
}

}  // namespace qd::node
