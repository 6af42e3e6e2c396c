#include "node/ssh_pool.hpp"

#include <utility>

#include "node/ssh_failure.hpp"
#include "node/ssh_jump.hpp"

namespace qd::node {

struct SshLease::Connection {
  std::shared_ptr<SshLink> link;
  std::string identity;
  std::size_t users = 0;
  bool spoiled = false;
  bool listed = true;  // in by_identity_
  bool idle = false;
  std::list<std::shared_ptr<Connection>>::iterator idle_at;
  std::chrono::steady_clock::time_point idle_since;
};

SshLease& SshLease::operator=(SshLease&& other) noexcept {
  if (this == &other) return *this;
  if (connection_) pool_->give_back(connection_);
  pool_ = other.pool_;
  connection_ = std::move(other.connection_);
  reused_ = other.reused_;
  return *this;
}

SshLease::~SshLease() {
  if (connection_) pool_->give_back(connection_);
}

const std::shared_ptr<SshLink>& SshLease::link() const {
  return connection_->link;
}

void SshLease::spoil() {
  connection_->spoiled = true;
}

SshPool::SshPool(base::EventLoop& loop, base::WorkerPool& pool, SshKeys& keys, KnownHosts& known_hosts,
                 SshLimits limits)
    : limits_(limits),
      handshakes_(loop, limits.handshakes_at_once),
      places_(loop, limits.connections),
      parts_{loop, pool, keys, known_hosts, handshakes_} {}

SshPool::~SshPool() = default;

std::size_t SshPool::idle() const {
  return idle_.size();
}

SshLease SshPool::take(ConnectionPtr connection, bool reused) {
  ++connection->users;
  if (std::exchange(connection->idle, false)) idle_.erase(connection->idle_at);
  SshLease lease;
  lease.pool_ = this;
  lease.connection_ = std::move(connection);
  lease.reused_ = reused;
  return lease;
}

base::Task<Result<SshLease>> SshPool::lease(SshTarget target, base::CancelToken cancel, bool fresh) {
  const auto identity = target.identity();
  if (const auto known = by_identity_.find(identity); !fresh && known != by_identity_.end()) {
    for (const auto& connection : known->second) {
      const auto room = target.forwards ? limits_.forwards : limits_.channels;
      if (!connection->spoiled && connection->users < room) co_return take(connection, true);
    }
  }
  if (places_.full()) drop_oldest_idle();
  auto entering = places_.enter(target.connect_timeout, cancel);
  const bool entered = co_await std::move(entering);
  if (!entered) {
    if (cancel.cancelled()) co_return fail(ssh_failure::cancelled(cancel));
    co_return fail(ssh_failure::no_connection(
        target.node, std::to_string(limits_.connections) + " connections are in use already, and none became free"));
  }
  Attempt attempt(target.connect_timeout, cancel);
  auto opening = open(target, attempt);
  auto link = co_await std::move(opening);
  if (!link) {
    places_.leave();
    co_return fail(link.error());
  }
  ++open_;
  auto connection = std::make_shared<SshLease::Connection>();
  connection->link = std::move(*link);
  connection->identity = identity;
  by_identity_[identity].push_back(connection);
  co_return take(std::move(connection), false);
}

base::Task<Result<std::shared_ptr<SshLink>>> SshPool::open(const SshTarget& target, Attempt& attempt) {
  Result<Fd> socket;
  std::shared_ptr<SshLease> jump;
  if (target.jumps.empty()) {
    auto connecting = tcp_connect(parts_.loop, parts_.pool, target.node, target.bind_address, attempt);
    socket = co_await std::move(connecting);
  } else {
    SshTarget through = target;
    through.node = through.jumps.back();
    through.jumps.pop_back();
    through.forwards = true;
    auto leasing = lease(std::move(through), attempt.cancel());
    auto leased = co_await std::move(leasing);
    if (!leased) co_return fail(leased.error());
    jump = std::make_shared<SshLease>(std::move(*leased));
    auto jumping = open_through(jump, target.node, attempt);
    socket = co_await std::move(jumping);
  }
  if (!socket) co_return fail(socket.error());
  auto logging_in = ssh_log_in(parts_, target, target.node, std::move(*socket), attempt);
  co_return co_await std::move(logging_in);
}

void SshPool::give_back(const ConnectionPtr& connection) {
  const auto kept = connection;  // the caller's goes
  if (--kept->users > 0) return;
  if (kept->spoiled || ssh_is_connected(kept->link->session()) == 0) return drop(kept);
  kept->idle_since = std::chrono::steady_clock::now();
  kept->idle_at = idle_.insert(idle_.end(), kept);
  kept->idle = true;
  kept->link->watch_idle([this, weak = std::weak_ptr(kept), alive = std::weak_ptr(alive_)] {
    const auto dead = weak.lock();
    if (dead && alive.lock() && dead->users == 0) drop(dead);
  });
  sweep_later();
}

void SshPool::drop(const ConnectionPtr& connection) {
  if (!std::exchange(connection->listed, false)) return;
  const auto kept = connection;
  if (std::exchange(kept->idle, false)) idle_.erase(kept->idle_at);
  const auto found = by_identity_.find(kept->identity);
  if (found != by_identity_.end()) {
    found->second.remove(kept);
    if (found->second.empty()) by_identity_.erase(found);
  }
  --open_;
  places_.leave();
}

void SshPool::drop_oldest_idle() {
  if (!idle_.empty()) drop(idle_.front());
}

void SshPool::sweep_later() {
  if (sweep_ != 0 || idle_.empty()) return;
  const auto age = std::chrono::steady_clock::now() - idle_.front()->idle_since;
  const auto left = limits_.idle - std::chrono::duration_cast<Millis>(age);
  sweep_ = parts_.loop.after(std::max(left, Millis{100}), [this, alive = std::weak_ptr(alive_)] {
    if (!alive.lock()) return;
    sweep_ = 0;
    const auto oldest = std::chrono::steady_clock::now() - limits_.idle;
    while (!idle_.empty() && idle_.front()->idle_since <= oldest) drop(idle_.front());
    sweep_later();
  });
}

void SshPool::close_idle() {
  while (!idle_.empty()) drop(idle_.front());
}

}  // namespace qd::node
