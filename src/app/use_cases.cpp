#include "app/use_cases.hpp"

#include "app/archive_setup.hpp"
#include "app/login_setup.hpp"
#include "app/version.hpp"
#include "auth/local_user_module.hpp"
#include "service/audit_listeners.hpp"
#include "service/webhook_script.hpp"

namespace qd::app {
namespace {

constexpr std::size_t kMostTakenListed = 5'000;  // jobs that the answer of a takeover names

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

scm::GitHost git_host(const Config& config, RunningParts& running) {
  return {.loop = running.engine_loop,
          .pool = running.engine_pool,
          .folder = (config.folders.var / "scm").string(),
          .known_hosts = (config.folders.base / ".ssh" / "known_hosts").string(),
          .environment = running.guard.environment(),
          .blocked = running.blocked_addresses};
}

}  // namespace

UseCases::UseCases(const Config& config, RunningParts& running, std::unique_ptr<auth::LoginModule> login_modules,
                   std::function<Result<>(const service::ConfigValues&)> check_config)
    : login_chain("logins",
                  login_order(std::move(login_modules), config.auth.local_users ? &running.rows.local_users : nullptr)),
      sessions(running.rows.sessions, running.clock, config.auth.session_idle),
      tokens(running.rows.tokens, running.clock, config.auth.tokens_file),
      audit(audit_listeners(config, running.rows.audit, running.clock), running.rows.audit, running.clock,
            {config.member.uuid, config.member.hostname}),
      job_cache(running.rows.jobs),
      projects(running.rows.projects, running.rows.executions, running.clock, audit),
      jobs(running.rows.jobs, running.rows.projects, running.rows.executions, job_cache, running.clock,
           config.member.uuid, audit),
      executions(running.rows.executions, running.rows.projects, job_cache, running.launcher, running.clock,
                 running.log_root, audit,
                 [&running](const model::Execution& execution) {
                   running.log_copies.drop(execution.id);
                   running.log_storage.deleted(execution);
                 }),
      history_cleanup(*running.database, running.rows.projects, executions),
      output(running.hub, running.log_copies, running.log_root),
      uploads(running.rows.uploads, job_cache, executions, running.clock, config.uploads.life,
              config.uploads.max_file_bytes),
      option_values(job_cache, running.rows.projects, running.remote_options),
      logins(login_chain, sessions, tokens, running.rows.profiles, audit, running.clock, login_rules(config)),
      sso(single_sign_on_rules(config), web_fetch(), logins, running.clock),
      local_users(running.rows.local_users, sessions, audit, running.clock, config.auth.shortest_password,
                  [this](const auth::Identity& who, const std::string& login) { webhooks.user_removed(who, login); }),
      keys(*running.vaults->keys, *running.vaults->ring, running.rows.projects, running.rows.webhooks, running.access,
           audit),
      system({kVersion, config.member.name, config.folders.base.string(), config.member.uuid, config.member.cluster,
              running.clock.now()},
             config.entries, *running.database, running.launcher, running.clock),
      calendars(running.rows.calendars, running.rows.projects, running.rows.jobs, running.clock,
                config.schedules.calendars),
      schedules(
          {*running.database, running.rows.jobs, running.rows.projects, running.rows.executions, job_cache, calendars},
          config.member.uuid,
          [&running, own = config.member.uuid](const store::TakeoverFilter& filter, const std::string& by) {
            auto taken = running.cluster.logic().take_over(filter, own, by, kMostTakenListed);
            running.scheduler_loop.poke();
            return taken;
          }),
      project_schedules(*running.database, running.rows.projects, running.rows.jobs, running.clock, config.member.uuid),
      cluster({[&running] { return running.cluster.logic().view(); },
               [&running](const std::string& uuid, bool active, const std::string& by) {
                 return running.cluster.logic().request_mode(uuid, active, by);
               }},
              *running.database, config.member.uuid),
      later_modes({.database = *running.database,
                   .projects = running.rows.projects,
                   .audit = audit,
                   .server_uuid = config.member.uuid,
                   .active = [this] { return system.active(); },
                   .set_active = [&running](bool active, const std::string& by) -> Result<> {
                     auto done = running.cluster.logic().request_mode(running.self.uuid(), active, by);
                     if (!done) return fail(done.error());
                     return {};
                   }}),
      stored_config({.database = *running.database,
                     .audit = audit,
                     .server_uuid = config.member.uuid,
                     .check = std::move(check_config),
                     .meaning = meaning_of_key}),
      policies(running.rows.policies, running.rows.projects, running.access, running.clock, audit),
      notifications(running.rows.deliveries),
      plugins(running.plugins),
      webhooks(webhook_parts(config, running)),
      scm(scm_parts(config, running), git_host(config, running)),
      archive_settings(app::archive_settings(config)),
      archive_components(make_archive_components(webhooks, calendars, project_schedules)),
      project_export({.database = *running.database,
                      .projects = running.rows.projects,
                      .jobs = running.rows.jobs,
                      .job_cache = job_cache,
                      .executions = running.rows.executions,
                      .policies = running.rows.policies,
                      .output = output,
                      .components = archive_components,
                      .clock = running.clock,
                      .version = kVersion},
                     archive_settings),
      execution_import({*running.database, running.rows.jobs, running.self, running.clock, running.log_root,
                        running.log_stores.enabled()}),
      project_import({projects, jobs, policies, execution_import, archive_components, audit}, archive_settings),
      archives({project_export, project_import, *running.database, running.self, running.member_requests, audit},
               archive_settings),
      observation(*running.database, [&running] { return running.cluster.logic().view(); }),
      pool_(running.engine_pool) {}

service::WebhookParts UseCases::webhook_parts(const Config& config, RunningParts& running) {
  return {
      .webhooks = running.rows.webhooks,
      .projects = running.rows.projects,
      .profiles = running.rows.profiles,
      .tokens = running.rows.tokens,
      .local_users = running.rows.local_users,
      .jobs = job_cache,
      .executions = executions,
      .audit = audit,
      .clock = running.clock,
      .read_secret = [this](const std::string& path,
                            const vault::SecretUser& reader) { return keys.read_secret(path, reader); },
      .may_act_as = [this](const auth::Identity& who, const std::string& user,
                           const std::vector<std::string>& roles) { return logins.may_make_token(who, user, roles); },
      .is_script =
          [&running](const std::string& name) {
            return running.plugins.find_now(plugin::service::webhook_event, name) != nullptr;
          },
      .run_script =
          [&running](const service::WebhookWork& work) {
            return service::run_webhook_script(running.plugin_scripts, running.plugin_sources.properties, work);
          },
      .server_uuid = config.member.uuid,
      .enabled = config.webhooks};
}

service::ScmParts UseCases::scm_parts(const Config& config, RunningParts& running) {
  const auto& folders = config.folders;
  return {.projects = running.rows.projects,
          .job_rows = running.rows.jobs,
          .rows = running.rows.job_scm,
          .profiles = running.rows.profiles,
          .jobs = jobs,
          .audit = audit,
          .read_secret = [this](const std::string& path,
                                const vault::SecretUser& reader) { return keys.read_secret(path, reader); },
          .projects_folder = (folders.base / "projects").string(),
          .private_folders = {folders.base.string(), folders.etc.string(), folders.var.string(), folders.data.string(),
                              folders.logs.string(), folders.temp.string()},
          .cluster = config.member.cluster};
}

void UseCases::start() {
  if (sso.takes_bearer()) pool_.post([this] { sso.warm(); });
  history_cleanup.start();
  later_modes.start();
  archives.start();
  scm.start();
}

void UseCases::stop() noexcept {
  archives.stop();
  scm.stop();
  audit.stop();
  history_cleanup.stop();
  later_modes.stop();
}

}  // namespace qd::app
