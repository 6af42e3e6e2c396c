#include "app/server.hpp"

#include <algorithm>
#include <csignal>
#include <unistd.h>

#include "app/archive_setup.hpp"
#include "app/log_setup.hpp"
#include "app/login_setup.hpp"
#include "app/server_parts.hpp"
#include "app/vault_setup.hpp"
#include "app/version.hpp"
#include "base/logging.hpp"
#include "http/address_blocks.hpp"

namespace qd::app {
namespace {

constexpr Millis kWatchdogPause{10'000};
constexpr Millis kClosedWhileStarting{2'000};  // then requests are told that the server is starting
constexpr std::size_t kOwnConnections = 3;     // one for each thread of the cluster

http::ServerConfig http_config(const Config& config) {
  http::ServerConfig http;
  http.address = config.server.address;
  http.port = config.server.port;
  http.threads = config.server.io_threads;
  http.tls_certificate_file = config.server.tls_certificate.string();
  http.tls_key_file = config.server.tls_key.string();
  http.max_connections = config.server.max_connections;
  http.max_body_bytes = config.server.max_body_bytes;
  http.header_timeout = config.server.header_timeout;
  http.body_timeout = config.server.body_timeout;
  http.idle_timeout = config.server.idle_timeout;
  http.compress = config.server.compress;
  http.spool.folder = archive_settings(config).folder;
  http.spool.max_bytes = config.archives.max_archive;
  http.common_headers = api::Dispatcher::common_headers(!http.tls_certificate_file.empty());
  http.error_page = api::Dispatcher::refusal;
  return http;
}

std::unique_ptr<telemetry::Exporter> make_exporter(const Config& config) {
  if (config.traces.endpoint.empty()) return nullptr;
  telemetry::ExporterConfig exporter;
  exporter.endpoint = config.traces.endpoint;
  exporter.headers = telemetry::parse_headers(config.traces.headers);
  exporter.resource = {{"service.name", config.traces.service},
                       {"service.version", kVersion},
                       {"service.instance.id", config.member.uuid},
                       {"host.name", config.member.hostname}};
  return std::make_unique<telemetry::Exporter>(std::move(exporter));
}

}  // namespace

Server::Server(Config config, Reload reload, std::string_view web_bundle)
    : config_(std::move(config)),
      reload_(std::move(reload)),
      web_bundle_(web_bundle),
      request_pool_("request", config_.pools.worker_threads, config_.pools.worker_queue),
      http_(http_config(), request_pool_, [this](const http::Request& request) { return answer(request, nullptr); }) {}

Server::~Server() {
  stop();
}

http::ServerConfig Server::http_config() {
  auto http = app::http_config(config_);
  // Without a dispatcher there is only the answer that there is none yet, or none any more.
  const auto intake = [this](const http::Request& request) {
    const api::Dispatcher* dispatcher = dispatcher_.load();
    return dispatcher == nullptr ? api::Intake() : dispatcher->intake(request);
  };
  http.body_limit = [intake](const http::Request& request) { return intake(request).most_bytes; };
  http.spool.wanted = [intake](const http::Request& request) { return intake(request).to_disk; };
  http.spool.refusal = [this](const http::Request& request) { return refuse_upload(request); };
  http.spool.handler = [this](const http::Request& request, const Upload& upload) { return answer(request, upload); };
  return http;
}

http::Response Server::answer(const http::Request& request, const Upload& upload) {
  if (api::Dispatcher* dispatcher = dispatcher_.load()) return dispatcher->handle(request, upload);
  return api::Dispatcher::refusal(503, "The server is starting or stopping. Try again in a second.", request);
}

std::optional<http::Response> Server::refuse_upload(const http::Request& request) {
  if (api::Dispatcher* dispatcher = dispatcher_.load()) return dispatcher->refuse_upload(request);
  return api::Dispatcher::refusal(503, "The server is starting or stopping. Try again in a second.", request);
}

Result<> Server::start() {
  // Listening comes first: a taken port is found before anything is touched, and a port that was picked is part of
  // every link. A balancer that did not notice a quick restart sends requests already: they wait a little for their
  // answer, and are not told to come again.
  if (auto listening = http_.start(kClosedWhileStarting); !listening) return listening;
  if (const auto blocked = http::AddressBlocks::parse(config_.blocked_addresses); !blocked) {
    return fail(ErrorKind::invalid, "quarterdeck.http.blockedAddresses: " + blocked.error().message);
  }
  if (auto limit = check_log_limit(config_); !limit) return limit;
  if (auto logs = check_log_store(config_); !logs) return logs;
  auto web = http::StaticFiles::read(web_bundle_);
  if (!web) return fail(ErrorKind::invalid, "the web interface in this program is broken: " + web.error().message);
  web_ = std::move(*web);
  traces_ = make_exporter(config_);
  if (traces_) traces_->start();
  auto login_modules = make_login_modules(config_);
  if (!login_modules) return fail(login_modules.error());
  Databases databases;
  auto database = store::Database::open(config_.database);
  if (!database) return fail(database.error());
  databases.main = std::move(*database);
  std::unique_ptr<store::LivenessSession> liveness;
  if (databases.main->dialect() != store::Dialect::sqlite) {
    auto own_config = config_.database;
    own_config.pool_size = kOwnConnections;
    auto own = store::Database::open(own_config);
    if (!own) return fail(own.error());
    databases.own = std::move(*own);
  }
  if (config_.cluster.members.fast_failure_detection) {
    auto opened = store::open_liveness_session(config_.database, config_.member.uuid);
    if (!opened) return fail(opened.error());
    liveness = std::move(*opened);
  }
  auto vaults = open_vaults(config_, *databases.main);
  if (!vaults) return fail(vaults.error());
  Parts::Surroundings around{
      .request_pool = request_pool_,
      .http = http_,
      .web = web_,
      .url = url(),
      .hooks = {
          .refresh = [this] { return refresh(); },
          .check_config = [this](const service::ConfigValues& values) { return check_stored_config(values, reload_); },
          .restart = [this](const std::string& by) { restart(by); }}};
  parts_ = std::make_unique<Parts>(config_, std::move(databases), std::move(*vaults), std::move(*login_modules),
                                   std::move(liveness), std::move(around));
  if (auto started = parts_->start(config_, member_url()); !started) return started;
  dispatcher_ = &parts_->dispatcher;
  http_.open();
  return {};
}

Result<> Server::refresh() {
  if (!reload_) return fail(ErrorKind::unavailable, "This server cannot read its configuration again");
  store::SettingStore settings(*parts_->running.database);
  auto config = reload_(service::stored_config_of(settings, config_.member.uuid));
  if (!config) return fail(config.error());
  parts_->running.remote.set_policies(std::move(config->cluster.remote));
  parts_->use_cases.system.refresh_config(config->entries, "rundeck.clusterMode.remoteExecution.");
  base::log_info("config", "read again: remote execution policies are those of the files now");
  return {};
}

// Requests under way, this one too, are answered before the process ends.
void Server::restart(const std::string& by) {
  base::log_info("server", by + " asked for a restart");
  restart_ = true;
  kill(getpid(), SIGTERM);
}

void Server::watch(Millis period, std::function<void()> alive) {
  const Millis pause = std::min(period / 4, kWatchdogPause);
  watchdog_ = std::make_unique<Watchdog>(duties(std::move(alive)), pause, period / 4);
  watchdog_->start();
}

Watchdog::Duties Server::duties(std::function<void()> alive) {
  return {{{"I/O threads", [this](auto answer) { http_.ask_for_life(std::move(answer)); }},
           {"engine", [this](auto answer) { parts_->running.engine_loop.post(std::move(answer)); }},
           {"workers", [this](auto answer) { request_pool_.post(std::move(answer)); }, /*waits_for_database=*/true}},
          [this] { return parts_->use_cases.system.check_database().has_value(); },
          std::move(alive),
          [](const std::string& silent) {
            base::log_warn("server", "no sign of life yet from: " + silent +
                                         ". If they stay silent, the service manager "
                                         "ends this process and starts it again");
          }};
}

void Server::stop() noexcept {
  watchdog_.reset();
  // Requests and executions share one grace period. The schedules go first: others take them over meanwhile.
  const UnixMillis deadline = SystemClock().now() + config_.server.stop_grace.count();
  if (parts_) parts_->running.begin_leaving();
  http_.stop(config_.server.stop_grace);
  dispatcher_ = nullptr;
  request_pool_.stop();
  if (traces_ && !parts_) traces_->stop();
  if (!parts_) return;
  parts_->stop(Millis(std::max<std::int64_t>(0, deadline - SystemClock().now())));
  parts_.reset();
  if (traces_) traces_->stop();
}

std::string Server::url() const {
  return url_of(config_, http_.port());
}

std::string Server::member_url() const {
  return config_.server.member_url.empty() ? local_url() : config_.server.member_url;
}

std::string Server::local_url() const {
  Config local = config_;
  local.server.url.clear();
  return url_of(local, http_.port());
}

}  // namespace qd::app
