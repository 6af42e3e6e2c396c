// Every part of a member, in the order in which they are built; destroyed the other way round.
#pragma once

#include "api/dispatcher.hpp"
#include "app/node_providers.hpp"
#include "app/server.hpp"
#include "auth/login_chain.hpp"
#include "auth/sessions.hpp"
#include "auth/tokens.hpp"
#include "base/event_loop.hpp"
#include "base/guarded.hpp"
#include "base/logging.hpp"
#include "base/worker_pool.hpp"
#include "cluster/cluster.hpp"
#include "cluster/keyed_sealer.hpp"
#include "cluster/system_vitals.hpp"
#include "engine/launcher.hpp"
#include "engine/remote_options.hpp"
#include "http/server.hpp"
#include "log/hub.hpp"
#include "node/node_catalog.hpp"
#include "node/orphan_guard.hpp"
#include "notify/notifier.hpp"
#include "notify/planner.hpp"
#include "schedule/job_starter.hpp"
#include "schedule/scheduler_loop.hpp"
#include "service/access_control.hpp"
#include "service/history_cleanup.hpp"
#include "service/log_copies.hpp"
#include "service/log_storage.hpp"
#include "service/member_requests.hpp"
#include "service/observation.hpp"
#include "service/policies.hpp"
#include "service/project_archives.hpp"
#include "service/remote_execution.hpp"
#include "service/scm.hpp"
#include "service/single_sign_on.hpp"
#include "service/webhooks.hpp"
#include "store/acl_store.hpp"
#include "store/audit_store.hpp"
#include "store/calendar_store.hpp"
#include "store/database.hpp"
#include "store/database_clock.hpp"
#include "store/delivery_store.hpp"
#include "store/execution_store.hpp"
#include "store/job_scm_store.hpp"
#include "store/job_store.hpp"
#include "store/local_user_store.hpp"
#include "store/member_store.hpp"
#include "store/profile_store.hpp"
#include "store/project_store.hpp"
#include "store/session_store.hpp"
#include "store/setting_store.hpp"
#include "store/token_store.hpp"
#include "store/upload_store.hpp"
#include "store/webhook_store.hpp"
#include "vault/storage_config.hpp"

#include "plugin/node_providers.hpp"
#include "plugin/node_source.hpp"
#include "plugin/registry.hpp"

namespace qd::app {

struct Databases {
  std::unique_ptr<store::Database> main;
  std::unique_ptr<store::Database> own;  // see Server::Parts
};

// The storage facility on the main database.
struct Vaults {
  SystemClock clock;
  std::unique_ptr<vault::KeyRing> ring;
  std::unique_ptr<vault::Storage> keys;
  store::TextSeal project_seal, webhook_seal;
};

struct Server::Parts {
  Parts(const Config& config, Databases databases, std::unique_ptr<Vaults> opened_vaults,
        std::unique_ptr<auth::LoginModule> login_modules, std::unique_ptr<store::LivenessSession> liveness,
        const std::string& url, base::WorkerPool& request_pool, http::Server& http, const http::StaticFiles& web,
        std::function<Result<>()> refresh);

  // This member as its row tells of it.
  model::Member description(const Config& config, const std::string& url) const;
  // Joins the cluster, closes what earlier lives left behind, and begins to run executions and schedules.
  Result<> start(const Config& config, const std::string& url);

  std::unique_ptr<store::Database> database;
  std::unique_ptr<store::Database>
      own_database;  // of heartbeats and takeovers, so that load delays none; null: the same
  std::unique_ptr<Vaults> vaults;
  std::string log_root;
  store::DatabaseClock clock;
  store::ProjectStore projects;
  store::JobStore job_rows;
  store::ExecutionStore execution_rows;
  store::TokenStore token_rows;
  store::SessionStore session_rows;
  store::UploadStore upload_rows;
  store::ProfileStore profile_rows;
  store::CalendarStore calendar_rows;
  store::AclStore acl_rows;
  service::AccessControl access;
  store::AuditStore audit_rows;
  store::DeliveryStore delivery_rows;
  store::LocalUserStore local_user_rows;
  store::WebhookStore webhook_rows;
  store::JobScmStore job_scm_rows;

  base::EventLoop engine_loop;
  base::WorkerPool engine_pool;
  log::LogHub hub;
  model::OwnIncarnation self;
  node::OrphanGuard guard;
  plugin::Registry plugins;
  plugin::ScriptParts plugin_scripts;
  plugin::NodeSourceParts plugin_sources;
  model::Node node;
  std::shared_ptr<const http::AddressBlocks> blocked_addresses;
  node::NodeCatalog catalog;
  service::Nodes node_service;
  NodeProviders providers;
  plugin::NodeProviders plugin_nodes;
  engine::RemoteOptions remote_options;
  service::RemoteExecution remote;
  notify::Planner planner;
  notify::Notifier notifier;
  engine::Launcher launcher;

  schedule::JobStarter starter;
  schedule::Scheduler scheduler;
  schedule::SchedulerLoop scheduler_loop;

  cluster::SystemVitals vitals;
  base::Guarded<std::string> certificate;
  std::atomic<bool> certificate_waits{false};    // its publication failed
  std::unique_ptr<cluster::KeyedSealer> sealer;  // null: messages are not encrypted
  cluster::Cluster cluster;

  service::LogSettings log_settings;
  service::LogStores log_stores;
  service::MemberRequests member_requests;
  service::LogStorage log_storage;
  service::LogCopies log_copies;

  auth::LoginChain login_chain;
  auth::Sessions sessions;
  auth::Tokens tokens;

  service::Audit audit;
  service::JobCache job_cache;
  service::Projects project_service;
  service::Jobs job_service;
  service::Executions execution_service;
  service::HistoryCleanup history_cleanup;
  service::Output output_service;
  service::Uploads upload_service;
  service::OptionValues option_values_service;
  service::Logins login_service;
  service::SingleSignOn sso_service;
  service::LocalUsers local_user_service;
  service::Keys key_service;
  service::System system_service;
  service::Calendars calendar_service;
  service::Schedules schedule_service;
  service::ProjectSchedules project_schedule_service;
  service::Cluster cluster_service;
  service::Policies policy_service;
  service::Notifications notification_service;
  service::Plugins plugin_service;
  service::Webhooks webhook_service;
  service::Scm scm_service;
  service::ArchiveSettings archive_settings;
  service::ArchiveComponents archive_components;
  service::ProjectExport project_export;
  service::ExecutionImport execution_import;
  service::ProjectImport project_import;
  service::ProjectArchives archives;
  service::Observation observation;
  api::RequestRules request_rules;
  api::PageSettings page_settings;
  api::ObserveSettings observe_settings;
  api::Dispatcher dispatcher;

 private:
  node::SourceParts source_parts(const Config& config);
  vault::SecretReader secret_reader();
  cluster::ClusterHooks cluster_hooks();
  service::WebhookParts webhook_parts(const Config& config);
  service::ScmParts scm_parts(const Config& config);
  scm::GitHost git_host(const Config& config);
  void publish_certificate();
};

}  // namespace qd::app
