#include "app/server_parts.hpp"

#include <algorithm>

#include "app/archive_setup.hpp"
#include "app/log_setup.hpp"
#include "app/login_setup.hpp"
#include "app/notification_setup.hpp"
#include "app/version.hpp"
#include "auth/local_user_module.hpp"
#include "base/text.hpp"
#include "service/audit_listeners.hpp"
#include "service/run_rights.hpp"
#include "service/webhook_script.hpp"
#include "store/member_store.hpp"

namespace qd::app {
namespace {

// Processes and log files have threads of their own, so that slow requests never hold an execution.
constexpr std::size_t kMostTakenListed = 5'000;  // jobs that the answer of a takeover names
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

plugin::ScriptHost plugin_host(const Config& config, const node::OrphanGuard& guard) {
  return {config.folders.base.string(), (config.folders.var / "plugins" / "data").string(),
          config.folders.temp.string(), guard.environment()};
}

// What file copiers of plugins are handed lies there.
node::LocalConfig plugin_files(const Config& config, const node::OrphanGuard& guard) {
  node::LocalConfig local;
  local.temp_directory = config.folders.temp.string();
  local.environment = guard.environment();
  return local;
}

engine::LauncherConfig launcher_config(const Config& config, const std::string& url, const std::string& log_root,
                                       const model::Node& node) {
  engine::LauncherConfig launcher;
  launcher.server_uuid = config.member.uuid;
  launcher.queue_room = config.schedules.threads;
  launcher.closes_orphans = false;
  launcher.job_queue = config.schedules.job_queue;
  launcher.log_root = log_root;
  launcher.temp_directory = config.folders.temp.string();
  launcher.server_url = url;
  launcher.server_node = node;
  launcher.settings = config.framework;
  launcher.log_limit = config.log_limit;
  return launcher;
}

engine::RemoteOptionsConfig remote_options_config(const Config& config, const model::Node& node,
                                                  std::shared_ptr<const http::AddressBlocks> blocked,
                                                  vault::SecretReader read_secret, const plugin::ScriptParts* plugins) {
  const auto seconds = [](Millis time) { return std::chrono::duration_cast<std::chrono::seconds>(time); };
  engine::RemoteOptionsConfig remote;
  remote.timeout = seconds(config.remote_options.timeout);
  remote.connect_timeout = seconds(config.remote_options.connect_timeout);
  remote.attempts = config.remote_options.attempts;
  remote.blocked = std::move(blocked);
  remote.read_secret = std::move(read_secret);
  remote.plugins = plugins;
  remote.node_name = node.name;
  remote.server_uuid = config.member.uuid;
  remote.base_folder = config.folders.base.string();
  remote.settings = config.framework;
  return remote;
}

service::RemoteExecution::Settings remote_settings(const Config& config) {
  service::RemoteExecution::Settings settings;
  settings.clustered = config.member.cluster;
  settings.remote_abort = config.cluster.members.remote_abort;
  settings.sealed = config.cluster.messaging.enabled;
  settings.threads = config.schedules.threads;
  return settings;
}

schedule::SchedulerSettings scheduler_settings(const Config& config) {
  schedule::SchedulerSettings settings;
  settings.rules.missed_after = config.schedules.missed_after;
  settings.ledger_life = config.schedules.ledger_life;
  return settings;
}

std::vector<std::unique_ptr<service::AuditListener>> audit_listeners(const Config& config, store::AuditStore& rows,
                                                                     const Clock& clock) {
  std::vector<std::unique_ptr<service::AuditListener>> listeners;
  if (!config.audit.file.empty()) listeners.push_back(service::make_audit_file(config.audit.file));
  if (config.audit.table) listeners.push_back(service::make_audit_table(rows, clock, config.audit.life));
  return listeners;
}

// Those of the configuration, then users of the database.
std::vector<auth::ChainedModule> login_order(std::unique_ptr<auth::LoginModule> configured,
                                             store::LocalUserStore* users) {
  std::vector<auth::ChainedModule> order;
  order.push_back({auth::LoginFlag::sufficient, std::move(configured)});
  if (users != nullptr) order.push_back({auth::LoginFlag::sufficient, auth::make_local_user_module(*users)});
  return order;
}

cluster::ClusterConfig cluster_config(const Config& config) {
  auto members = config.cluster.members;
  members.enabled = config.member.cluster;
  return members;
}

}  // namespace

Server::Parts::Parts(const Config& config, Databases databases, std::unique_ptr<Vaults> opened_vaults,
                     std::unique_ptr<auth::LoginModule> login_modules, std::unique_ptr<store::LivenessSession> liveness,
                     const std::string& url, base::WorkerPool& request_pool, http::Server& http,
                     const http::StaticFiles& web, std::function<Result<>()> refresh)
    : database(std::move(databases.main)),
      own_database(std::move(databases.own)),
      vaults(std::move(opened_vaults)),
      log_root((config.folders.logs / "rundeck").string()),
      projects(*database, vaults->project_seal),
      job_rows(*database),
      execution_rows(*database),
      token_rows(*database),
      session_rows(*database),
      upload_rows(*database),
      profile_rows(*database),
      calendar_rows(*database),
      acl_rows(*database),
      access(acl_rows, config.folders.etc, clock),
      audit_rows(*database),
      delivery_rows(*database),
      local_user_rows(*database),
      webhook_rows(*database, vaults->webhook_seal),
      job_scm_rows(*database),
      engine_loop("engine"),
      engine_pool("engine", kEngineThreads, kEngineQueue),
      self(config.member.uuid, 0),
      guard(config.member.uuid),
      plugins(config.folders.plugins.string(), (config.folders.var / "plugins" / "cache").string()),
      plugin_scripts{plugins, engine_loop, engine_pool, plugin_host(config, guard)},
      plugin_sources{plugin_scripts,
                     [this, framework = config.framework](const std::string& project) {
                       auto properties = framework;
                       if (const auto found = projects.find(project)) {
                         for (const auto& [key, value] : found->config) properties[key] = value;
                       }
                       return properties;
                     }},
      node(server_node(config, service::System::process())),
      blocked_addresses(std::make_shared<const http::AddressBlocks>(
          http::AddressBlocks::parse(config.blocked_addresses).value_or(http::AddressBlocks()))),
      catalog(source_parts(config)),
      node_service(projects, catalog),
      providers(config, engine_loop, engine_pool, guard.environment()),
      plugin_nodes(plugin_scripts, plugin_files(config, guard)),
      remote_options(remote_options_config(config, node, blocked_addresses, secret_reader(), &plugin_scripts)),
      remote(self, remote_settings(config), config.cluster.remote),
      planner(planner_config(config, url), profile_rows, execution_rows),
      notifier(
          *database, self,
          [sender = notify::Sender(sender_parts(
               config, blocked_addresses, execution_rows,
               [this](const model::Execution& one) { return output_service.view(one); }, secret_reader(),
               plugin_sources))](const store::Delivery& delivery, const std::function<bool()>& cancelled) {
            return sender.attempt(delivery, cancelled);
          },
          notifier_config(config)),
      launcher(engine::LauncherParts{engine_loop,
                                     engine_pool,
                                     *database,
                                     execution_rows,
                                     job_rows,
                                     projects,
                                     upload_rows,
                                     providers.services(),
                                     node_service,
                                     hub,
                                     clock,
                                     secret_reader(),
                                     remote.launcher_hooks(),
                                     [this](model::Job& job, const auto& given, const auto& user, const auto& project) {
                                       remote_options.fill_enforced(job, given, user, project);
                                     },
                                     &self,
                                     service::run_rights(access, config.member.name),
                                     {[this](const model::NotificationEvent& event) { return planner.plan(event); },
                                      [this] { notifier.poke(); }},
                                     &providers.services(),
                                     &plugin_scripts},
               launcher_config(config, url, log_root, node)),
      starter(launcher, job_rows, projects,
              [this](const store::ScheduleRow& row, UnixMillis due) { return calendar_service.excluded(row, due); },
              {config.schedules.record_missed}),
      scheduler(*database, starter, self, scheduler_settings(config)),
      scheduler_loop(scheduler, {[this] { return launcher.mode() == engine::Launcher::Mode::passive; },
                                 {},
                                 [this](UnixMillis now) { clock.observe(now); }}),
      sealer(config.member.cluster && config.cluster.messaging.enabled
                 ? std::make_unique<cluster::KeyedSealer>(config.member.uuid, config.cluster.messaging)
                 : nullptr),
      cluster(own_database ? *own_database : *database, std::move(liveness), self, sealer.get(), cluster_config(config),
              cluster_hooks()),
      log_settings(app::log_settings(config, url)),
      log_stores(projects, log_settings, &plugin_scripts),
      member_requests(*database, self, sealer.get(), send_to_member()),
      log_storage(
          *database, execution_rows, log_stores, self, log_settings, hub, [this] { return launcher.running_ids(); },
          [this](const std::string& member) {
            const auto view = cluster.logic().view();
            const auto* seen = view.find(member);
            return seen != nullptr && seen->standing == cluster::Standing::dead;
          }),
      log_copies(*database, execution_rows, log_stores, member_requests, self, log_settings, hub),
      login_chain("logins",
                  login_order(std::move(login_modules), config.auth.local_users ? &local_user_rows : nullptr)),
      sessions(session_rows, clock, config.auth.session_idle),
      tokens(token_rows, clock, config.auth.tokens_file),
      audit(audit_listeners(config, audit_rows, clock), audit_rows, clock,
            {config.member.uuid, config.member.hostname}),
      job_cache(job_rows),
      project_service(projects, execution_rows, clock, audit),
      job_service(job_rows, projects, execution_rows, job_cache, clock, config.member.uuid, audit),
      execution_service(execution_rows, projects, job_cache, launcher, clock, log_root, audit,
                        [this](const model::Execution& execution) {
                          log_copies.drop(execution.id);
                          log_storage.deleted(execution);
                        }),
      history_cleanup(*database, projects, execution_service),
      output_service(hub, log_copies, log_root),
      upload_service(upload_rows, job_cache, execution_service, clock, config.uploads.life,
                     config.uploads.max_file_bytes),
      option_values_service(job_cache, projects, remote_options),
      login_service(login_chain, sessions, tokens, profile_rows, audit, clock, login_rules(config)),
      sso_service(single_sign_on_rules(config), web_fetch(), login_service, clock),
      local_user_service(
          local_user_rows, sessions, audit, clock, config.auth.shortest_password,
          [this](const auth::Identity& who, const std::string& login) { webhook_service.user_removed(who, login); }),
      key_service(*vaults->keys, *vaults->ring, projects, webhook_rows, access, audit),
      system_service({kVersion, config.member.name, config.folders.base.string(), config.member.uuid,
                      config.member.cluster, clock.now()},
                     config.entries, *database, launcher, clock),
      calendar_service(calendar_rows, projects, job_rows, clock, config.schedules.calendars),
      schedule_service({*database, job_rows, projects, execution_rows, job_cache, calendar_service}, config.member.uuid,
                       [this, own = config.member.uuid](const store::TakeoverFilter& filter, const std::string& by) {
                         auto taken = cluster.logic().take_over(filter, own, by, kMostTakenListed);
                         scheduler_loop.poke();
                         return taken;
                       }),
      project_schedule_service(*database, projects, job_rows, clock, config.member.uuid),
      cluster_service({[this] { return cluster.logic().view(); },
                       [this](const std::string& uuid, bool active, const std::string& by) {
                         return cluster.logic().request_mode(uuid, active, by);
                       }},
                      *database, config.member.uuid),
      policy_service(acl_rows, projects, access, clock, audit),
      notification_service(delivery_rows),
      plugin_service(plugins),
      webhook_service(webhook_parts(config)),
      scm_service(scm_parts(config), git_host(config)),
      archive_settings(app::archive_settings(config)),
      archive_components(make_archive_components(webhook_service)),
      project_export({*database, projects, job_rows, job_cache, execution_rows, acl_rows, output_service,
                      archive_components, clock, kVersion},
                     archive_settings),
      execution_import({*database, job_rows, self, clock, log_root, log_stores.enabled()}),
      project_import({project_service, job_service, policy_service, execution_import, archive_components, audit},
                     archive_settings),
      archives({project_export, project_import, *database, self, member_requests, audit}, archive_settings),
      observation(*database, [this] { return cluster.logic().view(); }),
      request_rules(config.auth.rules),
      page_settings(config.pages),
      observe_settings(config.observe),
      dispatcher(api::Services{project_service,
                               archives,
                               job_service,
                               execution_service,
                               output_service,
                               log_storage,
                               member_requests,
                               upload_service,
                               login_service,
                               sso_service,
                               system_service,
                               schedule_service,
                               project_schedule_service,
                               calendar_service,
                               cluster_service,
                               node_service,
                               option_values_service,
                               access,
                               policy_service,
                               audit,
                               local_user_service,
                               key_service,
                               notification_service,
                               plugin_service,
                               webhook_service,
                               scm_service,
                               observation,
                               engine_loop,
                               request_pool,
                               clock,
                               request_rules,
                               page_settings,
                               observe_settings,
                               web,
                               [&http] { return http.stats(); },
                               url,
                               config.server.context_path,
                               std::move(refresh),
                               {}}) {}

// Called once executions run, when everything is there.
vault::SecretReader Server::Parts::secret_reader() {
  return [this](const std::string& path, const vault::SecretUser& reader) {
    return key_service.read_secret(path, reader);
  };
}

service::WebhookParts Server::Parts::webhook_parts(const Config& config) {
  return {webhook_rows,
          projects,
          profile_rows,
          token_rows,
          local_user_rows,
          job_cache,
          execution_service,
          audit,
          clock,
          secret_reader(),
          [this](const auth::Identity& who, const std::string& user, const std::vector<std::string>& roles) {
            return login_service.may_make_token(who, user, roles);
          },
          [this](const std::string& name) { return plugins.find_now(plugin::service::webhook_event, name) != nullptr; },
          [this](const service::WebhookWork& work) {
            return service::run_webhook_script(plugin_scripts, plugin_sources.properties, work);
          },
          config.member.uuid,
          config.webhooks};
}

service::ScmParts Server::Parts::scm_parts(const Config& config) {
  return {projects,
          job_rows,
          job_scm_rows,
          profile_rows,
          job_service,
          audit,
          secret_reader(),
          (config.folders.base / "projects").string(),
          {config.folders.base.string(), config.folders.etc.string(), config.folders.var.string(),
           config.folders.data.string(), config.folders.logs.string(), config.folders.temp.string()},
          config.member.cluster};
}

scm::GitHost Server::Parts::git_host(const Config& config) {
  return {engine_loop, engine_pool, (config.folders.var / "scm").string(),
          (config.folders.base / ".ssh" / "known_hosts").string(), guard.environment()};
}

node::SourceParts Server::Parts::source_parts(const Config& config) {
  node::SourceParts parts;
  parts.server_node = node;
  parts.documents = {
      [this](const std::string& project, const std::string& path) { return projects.file(project, path); },
      [this](const std::string& project, const std::string& path, const std::string& content) {
        projects.put_file(project, path, content);
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

cluster::ClusterHooks Server::Parts::cluster_hooks() {
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

model::Member Server::Parts::description(const Config& config, const std::string& url) const {
  model::Member member;
  member.id.uuid = config.member.uuid;
  member.name = config.member.name;
  member.host = config.member.hostname;
  member.url = url;
  const auto tags = base::split_trimmed(config.cluster.tags, ',');
  member.tags = {tags.begin(), tags.end()};
  member.version = kVersion;
  member.active = config.member.execution_mode == ExecutionMode::active;
  return member;
}

// A new life has no certificate in its row yet.
void Server::Parts::publish_certificate() {
  const auto pem = certificate.with([](const std::string& text) { return text; });
  if (pem.empty()) return;
  certificate_waits = true;  // the next beat tries again when this fails
  store::MemberStore(*database).set_certificate(self.get(), pem);
  certificate_waits = false;
}

Result<> Server::Parts::start(const Config& config, const std::string& url) {
  clock.observe(database->now());
  remote.connect(launcher, cluster.logic(), job_rows, *database);
  if (auto joined = cluster.start(description(config, url)); !joined) return joined;
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
  node_service.warm();
  if (sso_service.takes_bearer()) engine_pool.post([this] { sso_service.warm(); });
  cluster.logic().close_earlier_lives();
  cluster.run();
  scheduler_loop.start();
  log_storage.start();
  log_copies.start();
  history_cleanup.start();
  archives.start();
  return {};
}

}  // namespace qd::app
