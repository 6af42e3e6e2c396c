// What the connections of one server share.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "base/worker_pool.hpp"
#include "http/server.hpp"
#include "http/transport.hpp"

namespace qd::http {

struct ServerState {
  ServerState(ServerConfig settings, base::WorkerPool& workers, Server::Handler answer)
      : config(std::move(settings)), pool(workers), handler(std::move(answer)) {}

  const ServerConfig config;
  base::WorkerPool& pool;
  const Server::Handler handler;
  std::shared_ptr<TlsContext> tls;  // null: in the clear
  std::string id_prefix;            // of request ids

  std::atomic<bool> stopping{false};
  std::atomic<std::uint64_t> requests{0}, accepted{0}, refused{0}, bytes_in{0}, bytes_out{0};
  std::atomic<std::size_t> connections{0}, refusing{0}, streams{0}, bodies_bytes{0}, spooled_bodies{0};

  // Told when a connection is gone while the server stops.
  std::mutex gone_mutex;
  std::condition_variable gone;

  // The server's own answer, by config.error_page or as plain text.
  Response error_page(int status, const std::string& message, const Request& request) const noexcept;
};

// A share of max_bodies_bytes, given back on destruction.
class BodyShare {
 public:
  explicit BodyShare(ServerState& server) : server_(server) {}
  ~BodyShare() { release(); }
  BodyShare(const BodyShare&) = delete;
  BodyShare& operator=(const BodyShare&) = delete;

  // False when the server holds too much already.
  bool grow_to(std::size_t bytes) {
    if (bytes <= held_) return true;
    const std::size_t more = bytes - held_;
    if (server_.bodies_bytes.fetch_add(more) + more > server_.config.max_bodies_bytes) {
      server_.bodies_bytes -= more;
      return false;
    }
    held_ = bytes;
    return true;
  }
  void release() { server_.bodies_bytes -= std::exchange(held_, 0); }

 private:
  ServerState& server_;
  std::size_t held_ = 0;
};

// A place among the bodies that are spooled at once, given back on destruction.
class SpoolPlace {
 public:
  explicit SpoolPlace(ServerState& server)
      : server_(server), held_(++server.spooled_bodies <= server.config.spool.max_bodies) {
    if (!held_) --server_.spooled_bodies;
  }
  ~SpoolPlace() {
    if (held_) --server_.spooled_bodies;
  }
  SpoolPlace(const SpoolPlace&) = delete;
  SpoolPlace& operator=(const SpoolPlace&) = delete;
  bool held() const { return held_; }

 private:
  ServerState& server_;
  const bool held_;
};

}  // namespace qd::http
