#include <array>
#include <type_traits>

#include "app/config_keys.hpp"

namespace qd::app {
namespace {

using Kind = ValueKind;

template <class Field>
void assign(Field& field, const ConfigValue& value) {
  if constexpr (std::is_same_v<Field, bool>) {
    field = value.number != 0;
  } else if constexpr (std::is_same_v<Field, Millis>) {
    field = Millis(value.number);
  } else if constexpr (std::is_same_v<Field, ExecutionMode>) {
    field = value.text == "passive" ? ExecutionMode::passive : ExecutionMode::active;
  } else if constexpr (std::is_same_v<Field, base::LogLevel>) {
    field = value.text == "debug"   ? base::LogLevel::debug
            : value.text == "warn"  ? base::LogLevel::warn
            : value.text == "error" ? base::LogLevel::error
                                    : base::LogLevel::info;
  } else if constexpr (std::is_integral_v<Field>) {
    field = static_cast<Field>(value.number);
  } else {
    field = value.text;
  }
}

#define QD_SET(field) [](Config& config, const ConfigValue& value) { assign(config.field, value); }

constexpr std::int64_t one_day_ms = 86'400'000;

constexpr ConfigKey table[] = {
    // Where things lie.
    {"rdeck.base", Kind::path, "", "Base folder; --base and RDECK_BASE win over it."},
    {"framework.var.dir", Kind::path, "${rdeck.base}/var", "Folder for what the server keeps for itself.",
     QD_SET(folders.var)},
    {"framework.tmp.dir", Kind::path, "${framework.var.dir}/tmp", "Folder of scripts while they run.",
     QD_SET(folders.temp)},
    {"framework.logs.dir", Kind::path, "${framework.var.dir}/logs",
     "Folder of logs; the output of executions is in its folder `rundeck`.", QD_SET(folders.logs)},
    {"quarterdeck.data.dir", Kind::path, "${rdeck.base}/server/data", "Folder of the embedded database.",
     QD_SET(folders.data)},

    // The server and its address.
    {"server.address", Kind::text, "127.0.0.1", "Address to listen on; 0.0.0.0 is all of them.",
     QD_SET(server.address)},
    {"server.port", Kind::number, "4440", "Port to listen on; 0 picks a free one.", QD_SET(server.port), {0, 65'535}},
    {"server.https.port", Kind::number, "4443", "Port to listen on instead when TLS is on.", nullptr, {0, 65'535}},
    {"server.servlet.context-path", Kind::prefix, "/", "Path below which everything is served.",
     QD_SET(server.context_path)},
    {"grails.serverURL", Kind::url, "",
     "URL that users see, in links and redirects; made from address and port when it is absent.", QD_SET(server.url)},
    {"framework.server.url", Kind::url, "", "The same, used when grails.serverURL is absent."},
    {"server.ssl.certificate", Kind::path, "", "PEM file with the certificate and its chain; turns TLS on.",
     QD_SET(server.tls_certificate)},
    {"server.ssl.certificate-private-key", Kind::path, "", "PEM file with the key of the certificate.",
     QD_SET(server.tls_key)},
    {"quarterdeck.server.ioThreads",
     Kind::number,
     "1",
     "Threads that move bytes between clients and the server.",
     QD_SET(server.io_threads),
     {1, 64}},
    {"quarterdeck.server.maxConnections",
     Kind::number,
     "10000",
     "Connections that may be open at once.",
     QD_SET(server.max_connections),
     {1, 1'000'000}},
    {"grails.controllers.upload.maxRequestSize",
     Kind::bytes,
     "25M",
     "Largest body of a request; most routes take less.",
     QD_SET(server.max_body_bytes),
     {1024, 1LL << 32}},
    {"quarterdeck.server.headerTimeout",
     Kind::millis,
     "10s",
     "Time for the headers of a request to arrive.",
     QD_SET(server.header_timeout),
     {100, one_day_ms}},
    {"quarterdeck.server.bodyTimeout",
     Kind::millis,
     "60s",
     "Longest pause while a body arrives.",
     QD_SET(server.body_timeout),
     {100, one_day_ms}},
    {"quarterdeck.server.idleTimeout",
     Kind::millis,
     "60s",
     "How long an idle connection is kept.",
     QD_SET(server.idle_timeout),
     {100, one_day_ms}},
    {"quarterdeck.server.stopGrace",
     Kind::millis,
     "10s",
     "How long requests under way may take when the server stops.",
     QD_SET(server.stop_grace),
     {0, one_day_ms}},
    {"quarterdeck.pool.threads",
     Kind::number,
     "8",
     "Threads for work that blocks: SQL, files, password hashes.",
     QD_SET(pools.worker_threads),
     {1, 1024}},
    {"quarterdeck.pool.queue",
     Kind::number,
     "1024",
     "Requests that may wait for such a thread; more are answered 503.",
     QD_SET(pools.worker_queue),
     {1, 1'000'000}},

    // Who this server is.
    {"framework.server.name", Kind::text, "", "Name of the server's own node; the host's name when it is absent.",
     QD_SET(member.name)},
    {"framework.server.hostname", Kind::text, "",
     "Host name of the server's own node; the host's name when it is absent.", QD_SET(member.hostname)},
    {"rundeck.server.uuid", Kind::uuid, "", "Identity of this server; generated once when it is absent.",
     QD_SET(member.uuid)},
    {"rundeck.clusterMode.enabled", Kind::flag, "false", "Is this server a member of a cluster?",
     QD_SET(member.cluster)},
    {"rundeck.executionMode",
     Kind::choice,
     "active",
     "`passive` starts no executions.",
     QD_SET(member.execution_mode),
     {},
     "active|passive"},

    // The cluster. Times in seconds may have fractions.
    {"rundeck.server.tags", Kind::text, "", "Tags of this member, separated by commas, that policies choose by.",
     QD_SET(cluster.tags)},
    {"rundeck.clusterMode.heartbeat.interval", Kind::text, "30", "Seconds between the heartbeats of a member."},
    {"rundeck.clusterMode.heartbeat.delay", Kind::text, "10", "Seconds from the start to the first of them."},
    {"rundeck.clusterMode.heartbeat.considerInactive", Kind::text, "150",
     "Age of the last heartbeat, in seconds, from which on a member is shown as inactive."},
    {"rundeck.clusterMode.heartbeat.considerDead", Kind::text, "300",
     "Age of the last heartbeat, in seconds, from which on a member is held for dead."},
    {"rundeck.clusterMode.fastFailureDetection", Kind::text, "true",
     "Members also hold a lock of the database's: when it is free, the process is gone. Off behind PgBouncer."},
    {"rundeck.clusterMode.autotakeover.enabled", Kind::text, "false",
     "Do members take over the schedules of dead ones?"},
    {"rundeck.clusterMode.autotakeover.policy", Kind::text, "Any",
     "Whose schedules: Any, Static (config.allowed), RemoteExecution (to the members that its policy allows)."},
    {"rundeck.clusterMode.autotakeover.config.allowed", Kind::text, "", "Uuids, with policy Static."},
    {"rundeck.clusterMode.autotakeover.delay", Kind::text, "60", "Seconds from the proposal to the takeover."},
    {"rundeck.clusterMode.autotakeover.sleep", Kind::text, "300", "Seconds between two attempts on one member."},
    {"rundeck.clusterMode.recoverExecutions.enabled", Kind::text, "true",
     "Are executions of dead members closed, and retried where their job has retries left?"},
    {"rundeck.clusterMode.recoverExecutions.policy", Kind::text, "Any",
     "Whose executions: Any, or Static (config.allowed)."},
    {"rundeck.clusterMode.recoverExecutions.config.allowed", Kind::text, "", "Uuids, with policy Static."},
    {"rundeck.clusterMode.recoverExecutions.delay", Kind::text, "30", "Seconds from the proposal to the recovery."},
    {"rundeck.clusterMode.recoverExecutions.sleep", Kind::text, "60", "Seconds between two attempts on one member."},
    {"rundeck.clusterMode.remoteAbort.enabled", Kind::text, "true", "May members end executions of other members?"},
    {"rundeck.clusterMode.remoteExec.process.interval", Kind::text, "10",
     "Seconds between looks for messages, where the database cannot notify."},
    {"rundeck.clusterMode.remoteExecution.cleanup.older.messages", Kind::text, "30", "Minutes that messages are kept."},
    {"rundeck.clusterMode.remoteExecution.policy", Kind::text, "None",
     "Which member runs an execution: None, Random, RoundRobin, Preset, Load, Queue. See the guide to the cluster for "
     "its "
     "config.* and profile.* keys."},
    {"rundeck.clusterMode.remoteScheduledExecutionPolicy.enabled", Kind::text, "true",
     "Does the policy decide at every fire of a schedule?"},
    {"rundeck.clusterMode.messaging.encryption.enabled", Kind::text, "true",
     "Do members encrypt what they tell each other? Without it, executions with secure options stay where they are."},
    {"quartz.threadPool.threadCount",
     Kind::number,
     "10",
     "Executions that count as a member's full load, for policies Load and Queue. It limits nothing.",
     QD_SET(schedules.threads),
     {1, 1'000'000}},

    // Schedules.
    {"rundeck.feature.calendars.enabled", Kind::flag, "true", "Do calendars keep scheduled jobs from running?",
     QD_SET(schedules.calendars)},
    {"rundeck.feature.projectSchedules.enabled", Kind::ignored, "", "Project schedules are always there."},
    {"rundeck.feature.misfireDetection.enabled", Kind::flag, "true",
     "Do fires that nobody ran become executions with status missed?", QD_SET(schedules.record_missed)},
    {"rundeck.scheduler.misfire.threshold",
     Kind::millis,
     "60000",
     "How late a fire may still run; later it is missed.",
     QD_SET(schedules.missed_after),
     {1000, 365 * one_day_ms}},
    {"rundeck.scheduler.misfire.checkRate", Kind::ignored, "", "Missed fires are found at once."},
    {"quarterdeck.scheduler.ledger.life", Kind::life, "90d", "How long the ledger of fires is kept; 0 is for ever.",
     QD_SET(schedules.ledger_life)},
    {"rundeck.jobQueue.enabled", Kind::flag, "true",
     "May executions of a job wait for each other, where the job says so?", QD_SET(schedules.job_queue)},
    {"rundeck.jobQueue.pollDelay", Kind::ignored, "", "Queues go on as soon as an execution ends."},
    {"rundeck.jobQueue.startupDelay", Kind::ignored, "", "Queues go on at once after the start."},

    // The database.
    {"dataSource.url", Kind::database_url, "", "The database; absent, or an H2 URL: the embedded one.",
     QD_SET(database.url)},
    {"dataSource.username", Kind::text, "", "User of the database.", QD_SET(database.username)},
    {"dataSource.password", Kind::secret, "", "Password of that user.", QD_SET(database.password)},
    {"dataSource.properties.maxActive",
     Kind::number,
     "10",
     "Connections to the database that may be open at once.",
     QD_SET(database.pool_size),
     {1, 1000}},
    {"quarterdeck.database.acquireTimeout",
     Kind::millis,
     "10s",
     "How long a request waits for a free connection.",
     QD_SET(database.acquire_timeout),
     {10, one_day_ms}},
    {"quarterdeck.database.connectTimeout",
     Kind::millis,
     "5s",
     "How long connecting may take.",
     QD_SET(database.connect_timeout),
     {10, one_day_ms}},

    // Who may come in.
    {"quarterdeck.realm.file", Kind::path, "${rdeck.base}/server/config/realm.properties",
     "Users, their passwords and roles.", QD_SET(auth.realm_file)},
    {"rundeck.tokens.file", Kind::path, "", "Static API tokens, as `user: token,role`.", QD_SET(auth.tokens_file)},
    {"rundeck.api.tokens.duration.max", Kind::life, "30d", "Longest life of an API token; 0 is no limit.",
     QD_SET(auth.token_max_life)},
    {"server.servlet.session.timeout",
     Kind::seconds,
     "3600",
     "How long a login lasts without use.",
     QD_SET(auth.session_idle),
     {1000, 3650 * one_day_ms}},

    // Limits, lists, texts.
    {"rundeck.fileUploadService.tempfile.maxsize",
     Kind::bytes,
     "200M",
     "Largest file for a job option.",
     QD_SET(uploads.max_file_bytes),
     {1, 1LL << 40}},
    {"rundeck.fileUploadService.tempfile.expiration",
     Kind::millis,
     "600000",
     "How long an uploaded file waits for its job.",
     QD_SET(uploads.life),
     {1000, 365 * one_day_ms}},
    {"rundeck.jobs.options.remoteUrlTimeout",
     Kind::seconds,
     "10",
     "How long a URL of option values may take, each time it is asked.",
     QD_SET(remote_options.timeout),
     {1000, 60'000}},
    {"rundeck.jobs.options.remoteUrlConnectionTimeout",
     Kind::seconds,
     "5",
     "How long connecting to it may take.",
     QD_SET(remote_options.connect_timeout),
     {0, 60'000}},
    {"rundeck.jobs.options.remoteUrlRetry",
     Kind::number,
     "5",
     "How often a server of option values that does not answer is asked.",
     QD_SET(remote_options.attempts),
     {1, 10}},
    {"quarterdeck.http.blockedAddresses", Kind::text, "169.254.0.0/16, fe80::/10, fd00:ec2::254, 100.100.100.200",
     "Addresses that URLs of option values and of node sources must not reach: link-local ones and metadata of clouds, "
     "unless it says otherwise.",
     QD_SET(blocked_addresses)},
    {"quarterdeck.log.level",
     Kind::choice,
     "info",
     "What the server's own log holds.",
     QD_SET(log.level),
     {},
     "debug|info|warn|error"},
    {"quarterdeck.log.file", Kind::path, "", "File for the server's own log, beside standard error.", QD_SET(log.file)},

    // Known, and without effect here. A standard value says: this much is what we do anyway.
    {"framework.server.port", Kind::ignored, "", "Port in the peer's tools; server.port is the one that counts."},
    {"framework.server.username", Kind::ignored, "", "Login of the peer's tools."},
    {"framework.server.password", Kind::ignored, "", "Login of the peer's tools."},
    {"framework.rundeck.url", Kind::ignored, "", "URL in the peer's tools."},
    {"framework.etc.dir", Kind::ignored, "", "Folder of the peer's files."},
    {"framework.projects.dir", Kind::ignored, "", "Projects are in the database."},
    {"framework.libext.dir", Kind::ignored, "", "Folder of the peer's Java plugins."},
    {"rundeck.projectsStorageType", Kind::ignored, "db", "Projects are in the database."},
    {"rundeck.primaryServerId", Kind::ignored, "", "Migrations run under a lock: any member may start first."},
    {"rundeck.log4j.config.file", Kind::ignored, "", "See quarterdeck.log.level."},
    {"logging.config", Kind::ignored, "", "See quarterdeck.log.level."},
    {"loglevel.default", Kind::ignored, "", "See quarterdeck.log.level."},
    {"rss.enabled", Kind::ignored, "false", "There are no feeds."},
    {"rundeck.multiURL.enabled", Kind::ignored, "false", "Links are made from grails.serverURL."},
    {"rundeck.metrics.jmxEnabled", Kind::ignored, "false", "There is no JMX."},
    {"rundeck.feature.repository.enabled", Kind::ignored, "", "There is no plugin repository."},
    {"rundeck.security.useHMacRequestTokens", Kind::ignored, "", "Forms need no request tokens of the peer's kind."},
    {"dataSource.driverClassName", Kind::ignored, "", "dataSource.url says which database it is."},
    {"dataSource.dbCreate", Kind::ignored, "", "The schema is brought up to date at start."},
    {"dataSource.dialect", Kind::ignored, "", "dataSource.url says which database it is."},
    {"dataSource.properties.validationQuery", Kind::ignored, "", "Broken connections are found without one."},
    {"grails.plugin.databasemigration.updateOnStart", Kind::ignored, "", "The schema is brought up to date at start."},
    {"grails.controllers.upload.maxFileSize", Kind::ignored, "", "See grails.controllers.upload.maxRequestSize."},
    {"server.datastore.path", Kind::ignored, "", "See quarterdeck.data.dir."},
    {"rundeck.server.logDir", Kind::ignored, "", "See quarterdeck.log.file."},
    {"java.io.tmpdir", Kind::ignored, "", "See framework.tmp.dir."},
};

#undef QD_SET

}  // namespace

std::span<const ConfigKey> config_keys() {
  return table;
}

}  // namespace qd::app
