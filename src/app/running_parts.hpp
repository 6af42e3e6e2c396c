// What works in a member by itself, below the use cases: it runs executions, fires schedules, delivers notifications,
// keeps logs, and lives in the cluster.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "app/config.hpp"
#include "app/node_providers.hpp"
#include "app/notification_setup.hpp"
#include "app/rows.hpp"
#include "app/vault_setup.hpp"
#include "base/event_loop.hpp"
#include "base/guarded.hpp"
#include "base/worker_pool.hpp"
#include "cluster/cluster.hpp"
#include "cluster/keyed_sealer.hpp"
#include "cluster/system_vitals.hpp"
#include "engine/launcher.hpp"
#include "engine/remote_options.hpp"
#include "log/hub.hpp"
#include "node/node_catalog.hpp"
#include "node/orphan_guard.hpp"
#include "notify/notifier.hpp"
#include "notify/planner.hpp"
#include "plugin/node_providers.hpp"
#include "plugin/node_source.hpp"
#include "plugin/registry.hpp"
#include "schedule/job_starter.hpp"
#include "schedule/scheduler_loop.hpp"
#include "service/access_control.hpp"
#include "service/log_copies.hpp"
#include "service/log_storage.hpp"
#include "service/member_requests.hpp"
#include "service/nodes.hpp"
#include "service/remote_execution.hpp"
#include "store/database.hpp"
#include "store/database_clock.hpp"
#include "store/liveness_session.hpp"

namespace qd::app {

struct Databases {
  std::unique_ptr<store::Database> main;
  std::unique_ptr<store::Database> own;  // of heartbeats and takeovers, so that load delays none; null: the main one
};

// What the running parts call of the use cases above them. Not called before start().
struct UpCalls {
  vault::SecretReader read_secret;
  FindLog find_log;
  schedule::JobStarter::Excluded excluded_by_calendar;
};

// In the order in which the parts are built; destroyed the other way round.
struct RunningParts {
  // `url` is the one that users see.
  RunningParts(const Config& config, Databases databases, std::unique_ptr<Vaults> opened_vaults,
               std::unique_ptr<store::LivenessSession> liveness, const std::string& url, UpCalls calls);

  // Joins the cluster under `member_url`, closes what earlier lives left behind, and begins to run executions and
  // schedules.
  Result<> start(const Config& config, const std::string& member_url);
  // The first half of a clean stop: no schedule fires here any more, and others take them over.
  void begin_leaving() noexcept;
  // Executions may go on for `drain`, then they are ended. Leaves the cluster.
  void stop(Millis drain) noexcept;

  // Was this member judged dead?
  bool is_dead(const std::string& member_uuid);

  std::unique_ptr<store::Database> database;
  std::unique_ptr<store::Database> own_database;  // see Databases
  std::unique_ptr<Vaults> vaults;
  std::string log_root;
  store::DatabaseClock clock;
  Rows rows;
  service::AccessControl access;

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
  service::Nodes nodes;
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

 private:
  node::SourceParts source_parts(const Config& config);
  engine::LauncherParts launcher_parts(const Config& config, const UpCalls& calls);
  cluster::ClusterHooks cluster_hooks();
  void publish_certificate();
};

}  // namespace qd::app
