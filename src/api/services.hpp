// The use cases that the routes call, and the facts of the server that answers carry.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "api/observe_settings.hpp"
#include "api/page_settings.hpp"
#include "api/request_rules.hpp"
#include "base/clock.hpp"
#include "base/event_loop.hpp"
#include "base/worker_pool.hpp"
#include "http/server.hpp"
#include "http/static_files.hpp"
#include "service/access_control.hpp"
#include "service/audit.hpp"
#include "service/cluster.hpp"
#include "service/executions.hpp"
#include "service/jobs.hpp"
#include "service/keys.hpp"
#include "service/later_modes.hpp"
#include "service/local_users.hpp"
#include "service/log_storage.hpp"
#include "service/logins.hpp"
#include "service/member_requests.hpp"
#include "service/nodes.hpp"
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
#include "service/single_sign_on.hpp"
#include "service/stored_config.hpp"
#include "service/system.hpp"
#include "service/uploads.hpp"
#include "service/webhooks.hpp"

namespace qd::service {
class Scm;
}

namespace qd::api {

class Feeds;

// References live as long as the server.
struct Services {
  service::Projects& projects;
  service::ProjectArchives& archives;
  service::Jobs& jobs;
  service::Executions& executions;
  service::Output& output;
  service::LogStorage& log_storage;
  service::MemberRequests& members;
  service::Uploads& uploads;
  service::Logins& logins;
  service::SingleSignOn& sso;
  service::System& system;
  service::Schedules& schedules;
  service::ProjectSchedules& project_schedules;
  service::Calendars& calendars;
  service::Cluster& cluster;
  service::LaterModes& later;
  service::StoredConfig& stored_config;
  service::Nodes& nodes;
  service::OptionValues& option_values;
  service::AccessControl& access;
  service::Policies& policies;
  service::Audit& audit;
  service::LocalUsers& local_users;
  service::Keys& keys;
  service::Notifications& notifications;
  service::Plugins& plugins;
  service::Webhooks& webhooks;
  service::Scm& scm;
  service::Observation& observation;
  base::EventLoop& loop;      // timers of event streams
  base::WorkerPool& workers;  // blocking work on behalf of event streams
  const Clock& clock;
  const RequestRules& rules;
  const PageSettings& pages;
  const ObserveSettings& observe;
  const http::StaticFiles& web;
  std::function<http::Server::Stats()> http_stats;
  std::string server_url;                    // without trailing slash: "http://host:4440"
  std::string context_path;                  // "" or "/prefix"
  std::function<Result<>()> refresh_config;  // reads the configuration again; empty: this server cannot
  // Ends this process and begins it anew, for this user; empty: it cannot.
  std::function<void(const std::string& by)> restart;
  std::shared_ptr<Feeds> feeds = {};  // of event streams; the dispatcher makes it
};

}  // namespace qd::api
