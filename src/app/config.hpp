// The server's configuration: one typed value, made once at start from the files that users of the peer have.
//
// Later sources win: defaults, $RDECK_BASE/etc/framework.properties,
// $RDECK_BASE/server/config/rundeck-config.properties (package layout: both in /etc/rundeck), the database (see
// stored_config.hpp), the environment, flags.
// config_keys.hpp is the table of every key.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "api/observe_settings.hpp"
#include "api/page_settings.hpp"
#include "api/request_rules.hpp"
#include "auth/login_throttle.hpp"
#include "auth/oauth_config.hpp"
#include "auth/oidc_login.hpp"
#include "base/clock.hpp"
#include "base/log_fields.hpp"
#include "base/logging.hpp"
#include "base/result.hpp"
#include "cluster/cms_config.hpp"
#include "cluster/config.hpp"
#include "cluster/policy_config.hpp"
#include "model/job.hpp"
#include "notify/mail_settings.hpp"
#include "service/log_settings.hpp"
#include "service/system.hpp"
#include "store/database.hpp"
#include "vault/storage_config.hpp"

namespace qd::app {

enum class ExecutionMode { active, passive };

// Paths are absolute.
struct Config {
  struct Folders {
    std::filesystem::path base;     // $RDECK_BASE
    std::filesystem::path etc;      // of framework.properties and the *.aclpolicy files
    std::filesystem::path var;      // framework.var.dir
    std::filesystem::path data;     // of the embedded database
    std::filesystem::path logs;     // framework.logs.dir; output of executions is in `logs`/rundeck
    std::filesystem::path plugins;  // framework.libext.dir
    std::filesystem::path temp;     // framework.tmp.dir: scripts while they run
  } folders;

  struct Server {
    std::string address;
    std::uint16_t port = 0;                          // 0: any free one
    std::string member_url;                          // where other members reach this one; empty: address and port
    std::string url;                                 // what users see, without a slash at the end; empty: see url_of
    std::string context_path;                        // "" or "/prefix"
    bool compress = true;                            // answers
    std::filesystem::path tls_certificate, tls_key;  // PEM; both or neither
    std::size_t io_threads = 0;
    std::size_t max_connections = 0;
    std::size_t max_body_bytes = 0;  // of any request; routes have lower limits of their own
    Millis header_timeout{0}, body_timeout{0}, idle_timeout{0};
    Millis stop_grace{0};  // how long requests under way may take at the end
  } server;

  struct Member {
    std::string name;      // framework.server.name: the name of the server's own node
    std::string hostname;  // framework.server.hostname
    std::string uuid;      // rundeck.server.uuid; empty: base_folder.hpp keeps one
    bool cluster = false;
    ExecutionMode execution_mode = ExecutionMode::active;
  } member;

  // Every rundeck.clusterMode.* key as it stands, and what they mean.
  struct Cluster {
    std::map<std::string, std::string> properties;
    std::string tags;  // rundeck.server.tags, comma-separated
    cluster::ClusterConfig members;
    cluster::PolicyConfig remote;
    cluster::MessagingConfig messaging;
  } cluster;

  struct Schedules {
    bool record_missed = true;  // as executions with status `missed`
    bool calendars = true;
    Millis missed_after{0};
    Millis ledger_life{0};
    bool job_queue = true;
    std::size_t threads = 0;  // executions that count as full load of a member
  } schedules;

  bool webhooks = true;  // incoming ones

  store::DatabaseConfig database;

  struct Auth {
    // JAAS: the file that says how people log in; empty: the realm file.
    std::filesystem::path jaas_file;
    std::string jaas_module;
    bool jaas_enabled = true;
    std::string jaas_file_name;                    // in the folder of rundeck-config.properties
    std::map<std::string, std::string> variables;  // what ${…} in the JAAS file stands for
    std::string ldap_bind_password;
    std::filesystem::path realm_file;
    bool local_users = true;
    std::size_t shortest_password = 0;
    std::filesystem::path tokens_file;  // empty: no static tokens
    Millis session_idle{0};
    Millis token_max_life{0};  // 0: no limit
    Millis expired_tokens_kept{0};
    std::string required_roles, role_prefix, trusted_proxies;
    bool limit_sessions = false, lower_case_users = false, sync_profiles = false;
    std::size_t max_sessions = 0, login_threads = 0;
    qd::auth::ThrottleConfig throttle;
    api::RequestRules rules;
    std::map<std::string, std::string> oauth_properties;  // rundeck.security.oauth.*, quarterdeck.oauth.*
    std::vector<qd::auth::OauthProvider> oauth;           // what they mean
    qd::auth::ProfileClaims profile_claims;
    bool sync_oauth_profiles = false;
    Millis clock_skew{0};
    bool redirect_logout = false;
    std::string logout_url;
  } auth;

  model::LogLimit log_limit;  // of every execution

  api::PageSettings pages;
  api::ObserveSettings observe;

  struct Audit {
    std::filesystem::path file;  // empty: none
    bool table = true;
    Millis life{0};  // of rows; 0: for ever
  } audit;

  // The storage facility: keys, and (rundeck.config.storage.*) files of projects.
  struct Storage {
    vault::RingConfig ring;
    vault::StorageConfig keys;
    std::vector<std::string> secret_variables;  // of the environment; commands of jobs must not see them
  } storage;

  struct Pools {
    std::size_t worker_threads = 0;  // requests, files, password hashes
    std::size_t worker_queue = 0;
  } pools;

  struct Uploads {
    std::size_t max_file_bytes = 0;
    Millis life{0};
  } uploads;

  struct Archives {
    std::size_t max_archive = 0;   // bytes of an upload
    std::size_t max_unpacked = 0;  // bytes of what is imported of it
  } archives;

  // Its folders, framework keys and names are filled in when the member is built.
  service::LogSettings logs;

  struct RemoteOptions {
    Millis timeout{0}, connect_timeout{0};
    std::int64_t attempts = 0;
  } remote_options;
  std::string blocked_addresses;  // see http/address_blocks.hpp

  struct Notifications {
    std::string mail_host, mail_username, mail_password, mail_from, mail_only_to;
    std::int64_t mail_port = 25;
    bool mail_disabled = false;
    std::map<std::string, std::string> mail_properties;  // grails.mail.props.*, without that prefix
    notify::MailSettings mail;                           // made of these
    std::string webhook_key;
    Millis timeout{0}, first_pause{0}, longest_pause{0}, give_up_after{0}, life{0};
  } notifications;

  struct Log {
    base::LogLevel level = base::LogLevel::info;
    base::LogFormat format = base::LogFormat::text;
    std::filesystem::path file;  // empty: standard error only
  } log;

  struct Traces {
    std::string endpoint;  // of the collector; empty: nothing is traced
    std::string headers;   // key=value,…
    std::string service;
  } traces;

  // Every framework.*, service.* and plugin.* key as it stands: globals (framework.globals.X), defaults of executors
  // and sources.
  std::map<std::string, std::string> framework;

  // What the files name and we do not implement, for one note at start.
  struct Unimplemented {
    std::string key;
    std::string where;       // "file:line", "environment variable X", "flag"
    std::string suggestion;  // a key that we do know and that is spelt nearly so, or empty
    std::string advice;      // what to do instead, or empty
  };
  std::vector<Unimplemented> unimplemented;
  std::vector<std::filesystem::path> files;  // those that were read, in order

  // Every key as it is in force, for people: secrets are not in it.
  std::vector<service::ConfigEntry> entries;
};

// What the command line and the process give.
struct ConfigRequest {
  std::string base;                                           // --base; empty: RDECK_BASE
  std::string address;                                        // --address
  std::string port;                                           // --port
  std::vector<std::pair<std::string, std::string>> settings;  // -D key=value
  std::map<std::string, std::string> environment;             // see process_environment()
  std::map<std::string, std::string> stored = {};  // what the database has: above the files, below the environment
  std::filesystem::path package_config_folder = "/etc/rundeck";  // of the package layout
};

std::map<std::string, std::string> process_environment();

// Where things lie. Known before any file is read, except for the base folder of the package layout, which its files
// name.
struct Layout {
  std::filesystem::path base;            // empty: the files say (rdeck.base), else /var/lib/rundeck
  std::filesystem::path framework_file;  // etc/framework.properties
  std::filesystem::path rundeck_file;    // server/config/rundeck-config.properties
  bool package = false;                  // the package layout
  bool rundeck_file_must_exist = false;  // it was named in the environment
};

// The error says how to name a base folder.
Result<Layout> find_layout(const ConfigRequest& request);

// Every wrong value at once: the message has one line for each, with file and line and what would be right.
Result<Config> load_config(const ConfigRequest& request);

// The URL that users see: server.url, or one made from address, hostname, TLS and the port that was bound in the end.
std::string url_of(const Config& config, std::uint16_t bound_port);

}  // namespace qd::app
