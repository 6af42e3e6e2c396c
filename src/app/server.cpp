#include "app/server.hpp"

#include <algorithm>

#include "api/dispatcher.hpp"
#include "app/version.hpp"
#include "auth/realm.hpp"
#include "auth/sessions.hpp"
#include "auth/tokens.hpp"
#include "base/event_loop.hpp"
#include "base/logging.hpp"
#include "base/worker_pool.hpp"
#include "engine/launcher.hpp"
#include "engine/node_source.hpp"
#include "http/server.hpp"
#include "log/hub.hpp"
#include "node/local_executor.hpp"
#include "node/orphan_guard.hpp"
#include "schedule/job_starter.hpp"
#include "schedule/scheduler_loop.hpp"
#include "store/calendar_store.hpp"
#include "store/database.hpp"
#include "store/execution_store.hpp"
#include "store/job_store.hpp"
#include "store/member_store.hpp"
#include "store/profile_store.hpp"
#include "store/project_store.hpp"
#include "store/session_store.hpp"
#include "store/setting_store.hpp"
#include "store/token_store.hpp"
#include "store/upload_store.hpp"

namespace qd::app {
namespace {

// Processes and log files have threads of their own, so that slow requests never hold an execution.
constexpr std::size_t kEngineThreads = 8;
constexpr std::size_t kEngineQueue = 100'000;

model::Node server_node(const Config& config, const service::ProcessFacts& facts) {
  model::Node node;
  node.name = config.member.name;
  node.attributes = {{"hostname", config.member.hostname},
                     {"description", "Quarterdeck server node"},
                     {"osFamily", "unix"},
                     {"osName", facts.os_name},
                     {"osArch", facts.os_arch},
                     {"osVersion", facts.os_version}};
  return node;
}

node::LocalConfig local_config(const Config& config, const node::OrphanGuard& guard) {
  node::LocalConfig local;
  local.temp_directory = config.folders.temp.string();
  local.environment = guard.environment();
  return local;
}

engine::LauncherConfig launcher_config(const Config& config, std::int64_t incarnation, const std::string& url,
                                       const std::string& log_root, const model::Node& node) {
  engine::LauncherConfig launcher;
  launcher.server_uuid = config.member.uuid;
  launcher.incarnation = incarnation;
  launcher.log_root = log_root;
  launcher.temp_directory = config.folders.temp.string();
  launcher.server_url = url;
  launcher.server_node = node;
  launcher.settings = config.framework;
  return launcher;
}

}  // namespace

// In the order in which they are built; destroyed the other way round.
struct Server::Parts {
  Parts(const Config& config, std::unique_ptr<store::Database> opened, std::int64_t incarnation, const std::string& url,
        base::WorkerPool& request_pool, http::Server& http)
      : database(std::move(opened)),
        log_root((config.folders.logs / "rundeck").string()),
        projects(*database),
        job_rows(*database),
        execution_rows(*database),
        token_rows(*database),
        session_rows(*database),
        upload_rows(*database),
        profile_rows(*database),
        calendar_rows(*database),
        engine_loop("engine"),
        engine_pool("engine", kEngineThreads, kEngineQueue),
        guard(config.member.uuid),
        node(server_node(config, service::System::process())),
        nodes(node),
        executor(engine_loop, engine_pool, local_config(config, guard)),
        launcher(engine::LauncherParts{engine_loop,
                                       engine_pool,
                                       *database,
                                       execution_rows,
                                       job_rows,
                                       projects,
                                       upload_rows,
                                       executor,
                                       nodes,
                                       hub,
                                       clock,
                                       {},
                                       {}},
                 launcher_config(config, incarnation, url, log_root, node)),
        self(config.member.uuid, incarnation),
        starter(launcher, job_rows, projects,
                [this](const store::ScheduleRow& row, UnixMillis due) { return calendar_service.excluded(row, due); },
                {}),
        scheduler(*database, starter, self, {}),
        scheduler_loop(scheduler, {[this] { return launcher.mode() == engine::Launcher::Mode::passive; }, {}}),
        realm(config.auth.realm_file),
        sessions(session_rows, clock, config.auth.session_idle),
        tokens(token_rows, clock, config.auth.tokens_file),
        job_cache(job_rows),
        project_service(projects, execution_rows, clock),
        job_service(job_rows, projects, execution_rows, job_cache, clock, config.member.uuid),
        execution_service(execution_rows, projects, job_cache, launcher, clock, log_root),
        output_service(hub, log_root),
        upload_service(upload_rows, job_cache, execution_service, clock, config.uploads.life,
                       config.uploads.max_file_bytes),
        login_service(realm, sessions, tokens, profile_rows, clock, {config.auth.token_max_life}),
        system_service({kVersion, config.member.name, config.folders.base.string(), config.member.uuid,
                        config.member.cluster, clock.now()},
                       *database, launcher, clock),
        calendar_service(calendar_rows, projects, job_rows, clock, true),
        schedule_service({*database, job_rows, projects, execution_rows, job_cache, calendar_service},
                         config.member.uuid, {}),
        cluster_service(service::unwatched_cluster(*database, self,
                                                   [this](bool active) {
                                                     using Mode = engine::Launcher::Mode;
                                                     launcher.set_mode(active ? Mode::active : Mode::passive);
                                                   }),
                        *database, config.member.uuid),
        dispatcher(api::Services{project_service,
                                 job_service,
                                 execution_service,
                                 output_service,
                                 upload_service,
                                 login_service,
                                 system_service,
                                 schedule_service,
                                 cluster_service,
                                 engine_loop,
                                 request_pool,
                                 clock,
                                 [&http] { return http.stats(); },
                                 url,
                                 config.server.context_path,
                                 {}}) {}

  std::unique_ptr<store::Database> database;
  std::string log_root;
  SystemClock clock;
  store::ProjectStore projects;
  store::JobStore job_rows;
  store::ExecutionStore execution_rows;
  store::TokenStore token_rows;
  store::SessionStore session_rows;
  store::UploadStore upload_rows;
  store::ProfileStore profile_rows;
  store::CalendarStore calendar_rows;

  base::EventLoop engine_loop;
  base::WorkerPool engine_pool;
  log::LogHub hub;
  node::OrphanGuard guard;
  model::Node node;
  engine::ServerNodeSource nodes;
  node::LocalExecutor executor;
  engine::Launcher launcher;

  model::OwnIncarnation self;
  schedule::JobStarter starter;
  schedule::Scheduler scheduler;
  schedule::SchedulerLoop scheduler_loop;

  auth::Realm realm;
  auth::Sessions sessions;
  auth::Tokens tokens;

  service::JobCache job_cache;
  service::Projects project_service;
  service::Jobs job_service;
  service::Executions execution_service;
  service::Output output_service;
  service::Uploads upload_service;
  service::Logins login_service;
  service::System system_service;
  service::Calendars calendar_service;
  service::Schedules schedule_service;
  service::Cluster cluster_service;
  api::Dispatcher dispatcher;
};

namespace {

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
  http.body_limit = api::Dispatcher::body_limit;
  http.common_headers = api::Dispatcher::common_headers(!http.tls_certificate_file.empty());
  http.error_page = api::Dispatcher::refusal;
  return http;
}

}  // namespace

Server::Server(Config config)
    : config_(std::move(config)),
      request_pool_("request", config_.pools.worker_threads, config_.pools.worker_queue),
      http_(http_config(config_), request_pool_, [this](const http::Request& request) { return answer(request); }) {}

Server::~Server() {
  stop();
}

http::Response Server::answer(const http::Request& request) {
  if (api::Dispatcher* dispatcher = dispatcher_.load()) return dispatcher->handle(request);
  return api::Dispatcher::refusal(503, "The server is starting or stopping. Try again in a second.", request);
}

Result<> Server::start() {
  // Listening comes first: a taken port is found before anything is touched, and a port that was picked is part of
  // every link.
  if (auto listening = http_.start(); !listening) return listening;
  auto database = store::Database::open(config_.database);
  if (!database) return fail(database.error());
  // Each start of a member is an incarnation of its own: what an earlier one left running is recognised by it.
  store::MemberStore members(**database);
  const auto before = members.find(config_.member.uuid);
  model::Member self;
  self.id.uuid = config_.member.uuid;
  self.name = config_.member.name;
  self.host = config_.member.hostname;
  self.url = url();
  const auto registered = members.register_member(self, before ? before->id.number : 0);
  if (!registered) return fail(ErrorKind::conflict, "another process registered as this member");
  const std::int64_t incarnation = registered->id.number;

  parts_ = std::make_unique<Parts>(config_, std::move(*database), incarnation, url(), request_pool_, http_);
  if (auto guarded = parts_->guard.start(); !guarded) return guarded;
  parts_->engine_loop.start();
  parts_->launcher.start();
  if (config_.member.execution_mode == ExecutionMode::passive)
    parts_->launcher.set_mode(engine::Launcher::Mode::passive);
  parts_->scheduler_loop.start();
  dispatcher_ = &parts_->dispatcher;
  return {};
}

void Server::stop() noexcept {
  // Requests and executions share one grace period.
  const UnixMillis deadline = SystemClock().now() + config_.server.stop_grace.count();
  http_.stop(config_.server.stop_grace);
  dispatcher_ = nullptr;
  request_pool_.stop();
  if (!parts_) return;
  parts_->scheduler_loop.stop();
  parts_->launcher.stop(Millis(std::max<std::int64_t>(0, deadline - SystemClock().now())));
  parts_->engine_pool.stop();
  parts_->engine_loop.stop();
  parts_->guard.stop();
  parts_.reset();
}

std::string Server::url() const {
  return url_of(config_, http_.port());
}

std::string Server::local_url() const {
  Config local = config_;
  local.server.url.clear();
  return url_of(local, http_.port());
}

}  // namespace qd::app
