#include "node/ssh_agent.hpp"

#include <cstring>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace qd::node {
namespace {

Fd connect_agent(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return {};
  std::memcpy(address.sun_path, path.data(), path.size());
  Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return {};
  if (connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return {};
  return socket;
}

}  // namespace

base::Task<int> log_in_by_agent(SshParts& parts, SshLink& link, std::string socket, const Attempt& attempt) {
  Fd agent = connect_agent(socket);
  if (!agent) co_return SSH_AUTH_DENIED;
  // libssh waits for the agent without limit, hence on the pool; ending the socket ends its wait.
  const int own = agent.get();
  ssh_set_agent_socket(link.session(), fcntl(own, F_DUPFD_CLOEXEC, 3));
  const auto timer = parts.loop.after(attempt.left(), [own] { shutdown(own, SHUT_RDWR); });
  const auto registration = attempt.cancel().on_cancel([own] { shutdown(own, SHUT_RDWR); });
  int code = SSH_AUTH_AGAIN;
  while (true) {
    auto trying = base::run_on(parts.pool, parts.loop, [&link] { return ssh_userauth_agent(link.session(), nullptr); });
    code = co_await trying;
    if (code != SSH_AUTH_AGAIN || attempt.over()) break;
    co_await link.wait();
  }
  parts.loop.cancel(timer);
  co_return code;
}

}  // namespace qd::node
