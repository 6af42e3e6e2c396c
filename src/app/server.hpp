// The composition root: builds every part of a member, starts and stops them in a written order.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "api/dispatcher.hpp"
#include "app/config.hpp"
#include "app/stored_config.hpp"
#include "app/watchdog.hpp"
#include "base/result.hpp"
#include "base/worker_pool.hpp"
#include "http/server.hpp"
#include "http/static_files.hpp"
#include "telemetry/exporter.hpp"

namespace qd::app {

class Server {
 public:
  // Reads the configuration again, with these values of the database in it.
  using Reload = std::function<Result<Config>(const service::ConfigValues& stored)>;

  // `reload` may be empty: then it cannot be read again. `web_bundle` holds the pages (see
  // http/static_files.hpp) and lives on; "": there are none.
  explicit Server(Config config, Reload reload = {}, std::string_view web_bundle = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Opens the database, closes what an earlier run left behind, listens. The error says which part failed and why.
  Result<> start();
  // Takes no more requests, lets executions go on for the configured drain time, then ends them. Safe to call twice.
  void stop() noexcept;

  // From now to the end calls `alive` time and again, several times in `period`, as long as I/O threads, engine,
  // workers and the connections to the database prove that they live. Once, after start().
  void watch(Millis period, std::function<void()> alive);

  // Takes from the configuration, read anew, what can change while the server runs: the remote execution policies.
  Result<> refresh();

  // Somebody asked by API that the process begins anew, and it was sent the signal that ends it.
  bool wants_restart() const { return restart_; }

  std::string url() const;         // where people reach it, as links name it
  std::string local_url() const;   // where it listens
  std::string member_url() const;  // where other members reach it, past any load balancer

 private:
  struct Parts;
  using Upload = api::Dispatcher::Upload;
  http::ServerConfig http_config();
  void restart(const std::string& by);
  Watchdog::Duties duties(std::function<void()> alive);
  http::Response answer(const http::Request& request, const Upload& upload);
  std::optional<http::Response> refuse_upload(const http::Request& request);

  Config config_;
  const Reload reload_;
  const std::string_view web_bundle_;
  http::StaticFiles web_;
  std::unique_ptr<telemetry::Exporter> traces_;  // null: nothing is traced
  base::WorkerPool request_pool_;
  std::unique_ptr<Parts> parts_;
  std::atomic<api::Dispatcher*> dispatcher_ = nullptr;  // null while starting and stopping
  http::Server http_;
  std::unique_ptr<Watchdog> watchdog_;
  std::atomic<bool> restart_ = false;
};

}  // namespace qd::app
