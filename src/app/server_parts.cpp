#include "app/server_parts.hpp"

namespace qd::app {

Server::Parts::Parts(const Config& config, Databases databases, std::unique_ptr<Vaults> vaults,
                     std::unique_ptr<auth::LoginModule> login_modules, std::unique_ptr<store::LivenessSession> liveness,
                     Surroundings around)
    : running(config, std::move(databases), std::move(vaults), std::move(liveness), around.url, up_calls()),
      use_cases(config, running, std::move(login_modules), std::move(around.hooks.check_config)),
      request_rules(config.auth.rules),
      page_settings(config.pages),
      observe_settings(config.observe),
      dispatcher(services(config, std::move(around))) {}

// Taken before the use cases are built; called once everything is there.
UpCalls Server::Parts::up_calls() {
  return {.read_secret = [this](const std::string& path,
                                const vault::SecretUser& reader) { return use_cases.keys.read_secret(path, reader); },
          .find_log = [this](const model::Execution& execution) { return use_cases.output.view(execution); },
          .excluded_by_calendar = [this](const store::ScheduleRow& row,
                                         UnixMillis due) { return use_cases.calendars.excluded(row, due); }};
}

api::Services Server::Parts::services(const Config& config, Surroundings around) {
  return {.projects = use_cases.projects,
          .archives = use_cases.archives,
          .jobs = use_cases.jobs,
          .executions = use_cases.executions,
          .output = use_cases.output,
          .log_storage = running.log_storage,
          .members = running.member_requests,
          .uploads = use_cases.uploads,
          .logins = use_cases.logins,
          .sso = use_cases.sso,
          .system = use_cases.system,
          .schedules = use_cases.schedules,
          .project_schedules = use_cases.project_schedules,
          .calendars = use_cases.calendars,
          .cluster = use_cases.cluster,
          .later = use_cases.later_modes,
          .stored_config = use_cases.stored_config,
          .nodes = running.nodes,
          .option_values = use_cases.option_values,
          .access = running.access,
          .policies = use_cases.policies,
          .audit = use_cases.audit,
          .local_users = use_cases.local_users,
          .keys = use_cases.keys,
          .notifications = use_cases.notifications,
          .plugins = use_cases.plugins,
          .webhooks = use_cases.webhooks,
          .scm = use_cases.scm,
          .observation = use_cases.observation,
          .loop = running.engine_loop,
          .workers = around.request_pool,
          .clock = running.clock,
          .rules = request_rules,
          .pages = page_settings,
          .observe = observe_settings,
          .web = around.web,
          .http_stats = [&http = around.http] { return http.stats(); },
          .server_url = std::move(around.url),
          .context_path = config.server.context_path,
          .refresh_config = std::move(around.hooks.refresh),
          .restart = std::move(around.hooks.restart)};
}

Result<> Server::Parts::start(const Config& config, const std::string& member_url) {
  if (auto started = running.start(config, member_url); !started) return started;
  use_cases.start();
  return {};
}

void Server::Parts::stop(Millis drain) noexcept {
  use_cases.stop();
  running.stop(drain);
}

}  // namespace qd::app
