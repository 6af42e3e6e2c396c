// SSH connections of one loop, kept for the next command. Internal to node/.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <string>

#include "node/ssh_connect.hpp"

namespace qd::node {

struct SshLimits {
  std::size_t channels = 8;             // at once on one connection; sshd allows 10
  std::size_t forwards = 64;            // at once through one jump host's connection
  std::size_t connections = 4'000;      // of one loop
  std::size_t handshakes_at_once = 64;  // of one loop
  Millis idle{60'000};                  // then an unused connection is closed
};

class SshPool;

// One user's place on a connection. Given back when it goes, on the loop's thread.
class SshLease {
 public:
  SshLease() = default;
  SshLease(SshLease&&) noexcept = default;
  SshLease& operator=(SshLease&& other) noexcept;
  ~SshLease();
  const std::shared_ptr<SshLink>& link() const;
  bool reused() const { return reused_; }  // it was made for an earlier command
  void spoil();                            // nobody uses the connection again

 private:
  friend class SshPool;
  struct Connection;
  SshPool* pool_ = nullptr;
  std::shared_ptr<Connection> connection_;
  bool reused_ = false;
};

// Used on the loop's thread.
class SshPool {
 public:
  SshPool(base::EventLoop& loop, base::WorkerPool& pool, SshKeys& keys, KnownHosts& known_hosts, SshLimits limits);
  ~SshPool();
  SshPool(const SshPool&) = delete;
  SshPool& operator=(const SshPool&) = delete;

  // A logged-in connection. With `fresh` one that nobody used before. Errors are those of ssh_failure.hpp.
  base::Task<Result<SshLease>> lease(SshTarget target, base::CancelToken cancel, bool fresh = false);

  void close_idle();  // at once, for the end
  std::size_t connections() const { return open_; }
  std::size_t idle() const;
  base::EventLoop& loop() { return parts_.loop; }
  base::WorkerPool& workers() { return parts_.pool; }

 private:
  friend class SshLease;
  using ConnectionPtr = std::shared_ptr<SshLease::Connection>;

  SshLease take(ConnectionPtr connection, bool reused);
  void give_back(const ConnectionPtr& connection);
  void drop(const ConnectionPtr& connection);
  void drop_oldest_idle();
  void sweep_later();
  base::Task<Result<std::shared_ptr<SshLink>>> open(const SshTarget& target, Attempt& attempt);

  SshLimits limits_;
  SshGate handshakes_, places_;
  SshParts parts_;
  std::size_t open_ = 0;
  std::map<std::string, std::list<ConnectionPtr>> by_identity_;
  std::list<ConnectionPtr> idle_;  // the longest idle first
  base::EventLoop::TimerId sweep_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace qd::node
