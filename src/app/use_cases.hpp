// Every use case of a member, built on what runs in it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "app/config.hpp"
#include "app/running_parts.hpp"
#include "auth/login_chain.hpp"
#include "auth/sessions.hpp"
#include "auth/tokens.hpp"
#include "service/audit.hpp"
#include "service/calendars.hpp"
#include "service/cluster.hpp"
#include "service/executions.hpp"
#include "service/history_cleanup.hpp"
#include "service/job_cache.hpp"
#include "service/jobs.hpp"
#include "service/keys.hpp"
#include "service/later_modes.hpp"
#include "service/local_users.hpp"
#include "service/logins.hpp"
#include "service/notifications.hpp"
#include "service/observation.hpp"
#include "service/option_values.hpp"
#include "service/output.hpp"
#include "service/plugins.hpp"
#include "service/policies.hpp"
#include "service/project_archives.hpp"
#include "service/project_schedules.hpp"
#include "service/projects.hpp"
#include "service/schedules.hpp"
#include "service/scm.hpp"
#include "service/single_sign_on.hpp"
#include "service/stored_config.hpp"
#include "service/system.hpp"
#include "service/uploads.hpp"
#include "service/webhooks.hpp"

namespace qd::app {

// In the order in which they are built; destroyed the other way round.
struct UseCases {
  // `running` lives longer. `check_config`: would a member start with these values?
  UseCases(const Config& config, RunningParts& running, std::unique_ptr<auth::LoginModule> login_modules,
           std::function<Result<>(const service::ConfigValues&)> check_config);

  void start();  // once what runs has started
  void stop() noexcept;

  auth::LoginChain login_chain;
  auth::Sessions sessions;
  auth::Tokens tokens;

  service::Audit audit;
  service::JobCache job_cache;
  service::Projects projects;
  service::Jobs jobs;
  service::Executions executions;
  service::HistoryCleanup history_cleanup;
  service::Output output;
  service::Uploads uploads;
  service::OptionValues option_values;
  service::Logins logins;
  service::SingleSignOn sso;
  service::LocalUsers local_users;
  service::Keys keys;
  service::System system;
  service::Calendars calendars;
  service::Schedules schedules;
  service::ProjectSchedules project_schedules;
  service::Cluster cluster;
  service::LaterModes later_modes;
  service::StoredConfig stored_config;
  service::Policies policies;
  service::Notifications notifications;
  service::Plugins plugins;
  service::Webhooks webhooks;
  service::Scm scm;
  service::ArchiveSettings archive_settings;
  service::ArchiveComponents archive_components;
  service::ProjectExport project_export;
  service::ExecutionImport execution_import;
  service::ProjectImport project_import;
  service::ProjectArchives archives;
  service::Observation observation;

 private:
  service::WebhookParts webhook_parts(const Config& config, RunningParts& running);
  service::ScmParts scm_parts(const Config& config, RunningParts& running);

  base::WorkerPool& pool_;
};

}  // namespace qd::app
