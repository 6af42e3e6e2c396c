#include "app/running_parts.hpp"

#include "app/engine_setup.hpp"
#include "app/log_setup.hpp"
#include "base/logging.hpp"
#include "service/run_rights.hpp"
#include "store/member_store.hpp"

namespace qd::app {
namespace {

// Processes and log files have threads of their own, so that slow requests never hold an execution.
constexpr std::size_t kEngineThreads = 8;
constexpr std::size_t kEngineQueue = 100'000;

std::unique_ptr<cluster::KeyedSealer> make_sealer(const Config& config) {
  if (!config.member.cluster || !config.cluster.messaging.enabled) return nullptr;
  return std::make_unique<cluster::KeyedSealer>(config.member.uuid, config.cluster.messaging);
}

notify::Notifier::Send send_by(notify::SenderParts parts) {
  return [sender = notify::Sender(std::move(parts))](const store::Delivery& delivery,
                                                     const std::function<bool()>& cancelled) {
    return sender.attempt(delivery, cancelled);
  };
}

}  // namespace

RunningParts::RunningParts(const Config& config, Databases databases, std::unique_ptr<Vaults> opened_vaults,
                           std::unique_ptr<store::LivenessSession> liveness, const std::string& url, UpCalls calls)
    : database(std::move(databases.main)),
      own_database(std::move(databases.own)),
      vaults(std::move(opened_vaults)),
      log_root((config.folders.logs / "rundeck").string()),
      rows(*database, *vaults),
      access(rows.policies, config.folders.etc, clock),
      engine_loop("engine"),
      engine_pool("engine", kEngineThreads, kEngineQueue),
      self(config.member.uuid, 0),
      guard(config.member.uuid),
      plugins(config.folders.plugins.string(), (config.folders.var / "plugins" / "cache").string()),
      plugin_scripts{plugins, engine_loop, engine_pool, plugin_host(config, guard)},
      plugin_sources{plugin_scripts,
                     [this, framework = config.framework](const std::string& project) {
                       auto properties = framework;
                       if (const auto found = rows.projects.find(project)) {
                         for (const auto& [key, value] : found->config) properties[key] = value;
                       }
                       return properties;
                     }},
      node(server_node(config)),
      blocked_addresses(std::make_shared<const http::AddressBlocks>(
          http::AddressBlocks::parse(config.blocked_addresses).value_or(http::AddressBlocks()))),
      catalog(source_parts(config)),
      nodes(rows.projects, catalog),
      providers(config, engine_loop, engine_pool, guard.environment()),
      plugin_nodes(plugin_scripts, plugin_files(config, guard)),
      remote_options(remote_options_config(config, node, blocked_addresses, calls.read_secret, &plugin_scripts)),
      remote(self, remote_settings(config), config.cluster.remote),
      planner(planner_config(config, url), rows.profiles, rows.executions),
      notifier(*database, self,
               send_by(sender_parts(config, blocked_addresses, rows.executions, calls.find_log, calls.read_secret,
                                    plugin_sources)),
               notifier_config(config)),
      launcher(launcher_parts(config, calls), launcher_config(config, url, log_root, node)),
      starter(launcher, rows.jobs, rows.projects, calls.excluded_by_calendar, {config.schedules.record_missed}),
      scheduler(*database, starter, self, scheduler_settings(config)),
      scheduler_loop(scheduler, {[this] { return launcher.mode() == engine::Launcher::Mode::passive; },
                                 {},
                                 [this](UnixMillis now) { clock.observe(now); }}),
      sealer(make_sealer(config)),
      cluster(own_database ? *own_database : *database, std::move(liveness), self, sealer.get(), cluster_config(config),
              cluster_hooks()),
      log_settings(app::log_settings(config, url)),
      log_stores(rows.projects, log_settings, &plugin_scripts),
      member_requests(*database, self, sealer.get(), send_to_member()),
      log_storage(
          *database, rows.executions, log_stores, self, log_settings, hub, [this] { return launcher.running_ids(); },
          [this](const std::string& member) { return is_dead(member); }),
      log_copies(*database, rows.executions, log_stores, member_requests, self, log_settings, hub) {}

node::SourceParts RunningParts::source_parts(const Config& config) {
  node::SourceParts parts;
  parts.server_node = node;
  parts.documents = {
      [this](const std::string& project, const std::string& path) { return rows.projects.file(project, path); },
      [this](const std::string& project, const std::string& path, const std::string& content) {
        rows.projects.put_file(project, path, content);
      }};
  parts.loop = &engine_loop;
  parts.pool = &engine_pool;
  parts.blocked = blocked_addresses;
  parts.cache_directory = (config.folders.var / "nodes").string();
  parts.other = [this](const std::string& type, const std::string& project, const node::SourceConfig& source) {
    return plugin::make_node_source(plugin_sources, type, project, source);
  };
  return parts;
}

engine::LauncherParts RunningParts::launcher_parts(const Config& config, const UpCalls& calls) {
  return {.loop = engine_loop,
          .pool = engine_pool,
          .database = *database,
          .executions = rows.executions,
          .jobs = rows.jobs,
          .projects = rows.projects,
          .uploads = rows.uploads,
          .executor = providers.services(),
          .nodes = nodes,
          .hub = hub,
          .clock = clock,
          .read_secret = calls.read_secret,
          .cluster = remote.launcher_hooks(),
          .fill_options = [this](model::Job& job, const auto& given, const auto& user,
                                 const auto& project) { remote_options.fill_enforced(job, given, user, project); },
          .self = &self,
          .rights = service::run_rights(access, config.member.name),
          .notifications = {.plan = [this](const model::NotificationEvent& event) { return planner.plan(event); },
                            .stored = [this] { notifier.poke(); }},
          .copier = &providers.services(),
          .plugins = &plugin_scripts};
}

cluster::ClusterHooks RunningParts::cluster_hooks() {
  auto hooks = remote.cluster_hooks(
      [this] { scheduler_loop.poke(); },
      [this] {
        try {
          if (certificate_waits) publish_certificate();
        } catch (const store::DatabaseError& error) {  // no reason to miss a beat
          base::log_debug("cluster", std::string("this member's certificate was not published: ") + error.what());
        }
        return vitals.read();
      });
  hooks.returned = [this, first = std::move(hooks.returned)] {
    first();
    publish_certificate();
    scheduler_loop.poke();
  };
  return hooks;
}

bool RunningParts::is_dead(const std::string& member_uuid) {
  const auto view = cluster.logic().view();
  const auto* seen = view.find(member_uuid);
  return seen != nullptr && seen->standing == cluster::Standing::dead;
}

// A new life has no certificate in its row yet.
void RunningParts::publish_certificate() {
  const auto pem = certificate.with([](const std::string& text) { return text; });
  if (pem.empty()) return;
  certificate_waits = true;  // the next beat tries again when this fails
  store::MemberStore(*database).set_certificate(self.get(), pem);
  certificate_waits = false;
}

Result<> RunningParts::start(const Config& config, const std::string& member_url) {
  clock.observe(database->now());
  remote.connect(launcher, cluster.logic(), rows.jobs, *database);
  if (auto joined = cluster.start(member_description(config, member_url)); !joined) return joined;
  // Not before: the processes of another member under this uuid, which refuses us, are its own.
  if (auto guarded = guard.start(); !guarded) return guarded;
  if (config.member.execution_mode == ExecutionMode::passive) launcher.set_mode(engine::Launcher::Mode::passive);
  if (sealer) {
    sealer->start(clock.now(), [this](const std::string& pem) {
      certificate.with([&](std::string& text) { text = pem; });
      try {
        publish_certificate();
      } catch (const store::DatabaseError& error) {
        base::log_error("cluster", std::string("this member's certificate was not published: ") + error.what());
      }
    });
  }
  plugins.start();
  providers.services().set_finders(
      [this](const std::string&, const std::string& name) { return plugin_nodes.executor(name); },
      [this](const std::string&, const std::string& name) { return plugin_nodes.copier(name); });
  engine_loop.start();
  providers.start();
  remote.start(engine_loop, engine_pool);
  launcher.start();
  notifier.start();
  nodes.warm();
  cluster.logic().close_earlier_lives();
  cluster.run();
  scheduler_loop.start();
  log_storage.start();
  log_copies.start();
  return {};
}

void RunningParts::begin_leaving() noexcept {
  scheduler_loop.stop();
  cluster.begin_leaving();
}

void RunningParts::stop(Millis drain) noexcept {
  log_copies.stop();
  launcher.stop(drain);
  log_storage.stop();
  notifier.stop();
  remote.stop();
  cluster.stop();
  catalog.stop();
  plugins.stop();
  providers.stop();
  engine_pool.stop();
  engine_loop.stop();
  guard.stop();
}

}  // namespace qd::app
