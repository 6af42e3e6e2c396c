// quarterdeck: the server.
#include <CLI/CLI.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <sys/resource.h>
#include <unistd.h>

#include "app/base_folder.hpp"
#include "app/commands.hpp"
#include "app/config.hpp"
#include "app/config_keys.hpp"
#include "app/import_keys.hpp"
#include "app/import_peer.hpp"
#include "app/route_list.hpp"
#include "app/server.hpp"
#include "app/service_manager.hpp"
#include "app/stored_config.hpp"
#include "app/version.hpp"
#include "app/web_bundle.hpp"
#include "base/log_fields.hpp"
#include "base/logging.hpp"

namespace {

using qd::app::Config;
using qd::app::ConfigRequest;

// How long the parts may take to end when the grace for requests and executions is over.
constexpr qd::Millis kEndOfParts{30'000};
constexpr int kBeginAnew = -1;  // of run_server: the process is to be replaced by a new one

// Every thread inherits the mask, so only serve_signals() sees these signals.
void block_signals(sigset_t& signals) {
  sigemptyset(&signals);
  sigaddset(&signals, SIGHUP);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

// HUP reads the configuration again; the others end the server.
void serve_signals(const sigset_t& signals, qd::app::Server& server, const qd::app::ServiceManager& manager) {
  int signal = 0;
  while (sigwait(&signals, &signal) == 0 && signal == SIGHUP) {
    manager.reloading();
    if (auto refreshed = server.refresh(); !refreshed) {
      qd::base::log_error("config", "the configuration stays as it was: " + refreshed.error().message);
    }
    manager.ready("Ready at " + server.local_url());
  }
  qd::base::log_info("server", std::string("stopping on ") + (signal == SIGINT ? "interrupt" : "signal TERM"));
}

void note_unimplemented(const Config& config) {
  for (const Config::Unimplemented& entry : config.unimplemented) {
    std::string note = entry.where + ": " + entry.key + " has no effect here";
    if (!entry.suggestion.empty()) note += "; did you mean " + entry.suggestion + "?";
    if (!entry.advice.empty()) note += ": " + entry.advice;
    qd::base::log_warn("config", note);
  }
  for (const auto* warnings : {&config.cluster.remote.warnings, &config.cluster.messaging.warnings}) {
    for (const std::string& warning : *warnings) qd::base::log_warn("config", warning);
  }
}

int fail_start(const qd::Error& error) {
  std::cerr << "quarterdeck cannot start: " << error.message << "\n";
  return 1;
}

void announce(const qd::app::Server& server, qd::UnixMillis begun) {
  std::cout << "Quarterdeck " << qd::app::kVersion << " is ready at " << server.local_url() << " ("
            << qd::SystemClock().now() - begun << " ms)";
  if (server.url() != server.local_url()) std::cout << "; links name it " << server.url();
  std::cout << std::endl;
}

// What configures the server holds secrets that the commands of jobs must not see.
void forget_environment(const ConfigRequest& request) {
  for (const auto& [name, value] : request.environment) {
    if (name.starts_with("QD_") || name.starts_with("RUNDECK_") || name.starts_with("OTEL_")) unsetenv(name.c_str());
  }
  qd::app::ServiceManager::forget_environment();
}

// A running process takes three descriptors, a client one.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// A base folder that is complete, and this process's alone for as long as this lives.
struct OpenBase {
  qd::app::FirstStart first;
  qd::app::Config config;
  qd::app::BaseFolderLock lock;
};

qd::Result<OpenBase> open_base(const ConfigRequest& request) {
  auto first = qd::app::prepare_base_folder(request);
  if (!first) return qd::fail(first.error());
  auto config = qd::app::load_config(request);
  if (!config) return qd::fail(config.error());
  if (auto made = qd::app::make_folders(*config); !made) return qd::fail(made.error());
  auto lock = qd::app::BaseFolderLock::take(*config);
  if (!lock) return qd::fail(lock.error());
  auto uuid = qd::app::server_uuid(*config);
  if (!uuid) return qd::fail(uuid.error());
  config->member.uuid = std::move(*uuid);
  return OpenBase{std::move(*first), std::move(*config), std::move(*lock)};
}

int run_server(const ConfigRequest& request) {
  sigset_t signals;
  block_signals(signals);
  const qd::UnixMillis begun = qd::SystemClock().now();
  const qd::app::ServiceManager manager(request.environment);
  auto base = open_base(request);
  if (!base) return fail_start(base.error());
  try {
    auto whole = qd::app::with_stored_config(request, std::move(base->config));
    if (!whole) return fail_start(whole.error());
    if (auto made = qd::app::make_folders(*whole); !made) return fail_start(made.error());
    base->config = std::move(*whole);
  } catch (const std::exception& error) {
    return fail_start({qd::ErrorKind::unavailable, error.what(), ""});
  }
  qd::app::Config& config = base->config;
  for (const std::string& name : config.storage.secret_variables) unsetenv(name.c_str());
  qd::base::init_logging(config.log.level, config.log.file.string());
  qd::base::set_log_format(config.log.format);
  note_unimplemented(config);
  const qd::Millis longest_end = config.server.stop_grace + kEndOfParts;

  qd::app::Server server(
      std::move(config),
      [&request](const qd::service::ConfigValues& stored) {
        ConfigRequest whole = request;
        whole.stored = stored;
        return qd::app::load_config(whole);
      },
      qd::app::web_bundle());
  try {
    if (auto started = server.start(); !started) return fail_start(started.error());
  } catch (const std::exception& error) {
    return fail_start({qd::ErrorKind::unavailable, error.what(), ""});
  }
  announce(server, begun);
  if (base->first.generated_password) {
    std::cout << "Log in as admin with password " << *base->first.generated_password
              << " (shown this once; only its hash is kept)" << std::endl;
  }
  manager.ready("Ready at " + server.local_url());
  if (const qd::Millis period = manager.watchdog_period(); period.count() > 0) {
    server.watch(period, [&manager] { manager.alive(); });
  }
  serve_signals(signals, server, manager);
  // A manager that is told of an end would end what comes after it, too.
  if (server.wants_restart())
    manager.reloading();
  else
    manager.stopping(longest_end);
  server.stop();
  return server.wants_restart() ? kBeginAnew : 0;
}

// Replaces this process by a new one of the same program, as it was started. Returns only when that fails.
int begin_anew(const ConfigRequest& request, char** argv) {
  std::vector<std::string> variables;
  for (const auto& [name, value] : request.environment) variables.push_back(name + "=" + value);
  std::vector<char*> environment;
  for (std::string& variable : variables) environment.push_back(variable.data());
  environment.push_back(nullptr);
  // By its name, so that a program that was replaced meanwhile is begun as it is now.
  std::error_code ignored;
  std::string program = std::filesystem::read_symlink("/proc/self/exe", ignored).string();
  constexpr std::string_view kReplaced = " (deleted)";
  if (program.ends_with(kReplaced)) program.resize(program.size() - kReplaced.size());
  execve(program.c_str(), argv, environment.data());
  execve("/proc/self/exe", argv, environment.data());
  std::cerr << "quarterdeck cannot restart itself: " << std::strerror(errno) << "\n";
  return 1;
}

// Exit code 1: not all of it could be taken over.
int import_keys(const ConfigRequest& request, qd::store::DatabaseConfig from, const std::string& password_variable) {
  if (!password_variable.empty()) {
    const auto password = request.environment.find(password_variable);
    if (password == request.environment.end()) {
      std::cerr << "The environment variable " << password_variable << " is not set\n";
      return 2;
    }
    from.password = password->second;
  }
  auto config = qd::app::load_config(request);
  if (!config) return fail_start(config.error());
  if (auto made = qd::app::make_folders(*config); !made) return fail_start(made.error());
  const auto lock = qd::app::BaseFolderLock::take(*config);
  if (!lock) return fail_start(lock.error());
  qd::base::init_logging(config->log.level, "");
  try {
    const auto done = qd::app::import_keys(*config, from);
    if (!done) return fail_start(done.error());
    for (const std::string& failure : done->failures) std::cerr << failure << "\n";
    std::cout << done->imported << " keys imported, " << done->skipped << " were there already, "
              << done->failures.size() << " failed\n";
    return done->failures.empty() ? 0 : 1;
  } catch (const std::exception& error) {
    std::cerr << "The keys cannot be imported: " << error.what() << "\n";
    return 1;
  }
}

// Exit code 1: not all of it could be taken over.
int import_peer(const ConfigRequest& request, const std::vector<std::string>& folders,
                const std::vector<std::string>& archives) {
  if (folders.empty() && archives.empty()) {
    std::cerr << "What shall be imported? Name Rundeck's base folder (--from) or an archive (--archive).\n";
    return 2;
  }
  qd::app::PeerImport from{{folders.begin(), folders.end()}, {}};
  for (const std::string& archive : archives) {
    const std::size_t equals = archive.rfind('=');
    from.archives.push_back(equals == std::string::npos
                                ? qd::app::PeerImport::Archive{archive, ""}
                                : qd::app::PeerImport::Archive{archive.substr(0, equals), archive.substr(equals + 1)});
  }
  const auto base = open_base(request);
  if (!base) return fail_start(base.error());
  qd::base::init_logging(base->config.log.level, "");
  try {
    const auto& password = base->first.generated_password;
    qd::app::FreshDefaults fresh(base->first.defaults, password.has_value());
    const auto report = qd::app::import_peer(base->config, from, fresh);
    if (!report) return fail_start(report.error());
    std::cout << report->text();
    if (fresh.admin) std::cout << "The user admin was made, with password " << *password << " (shown this once)\n";
    return report->count(qd::app::ImportRow::Outcome::not_taken) == 0 ? 0 : 1;
  } catch (const std::exception& error) {
    std::cerr << "The import broke off: " << error.what() << "\n";
    return 1;
  }
}

void add_config_options(CLI::App& command, ConfigRequest& request, std::vector<std::string>& settings) {
  command.add_option("--base", request.base, "The folder of configuration, data and logs (else $RDECK_BASE)");
  command.add_option("--address", request.address, "The address to listen on");
  command.add_option("--port", request.port, "The port to listen on; 0 picks a free one");
  command.add_option("-D", settings, "key=value: overrides a key of the configuration files")->allow_extra_args(false);
}

bool add_settings(ConfigRequest& request, const std::vector<std::string>& settings) {
  for (const std::string& setting : settings) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos) {
      std::cerr << "-D " << setting << ": write it as key=value\n";
      return false;
    }
    request.settings.emplace_back(setting.substr(0, equals), setting.substr(equals + 1));
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Quarterdeck: clustered runbook automation and job scheduling", "quarterdeck"};
  app.require_subcommand(1);
  app.set_version_flag("--version", qd::app::kVersion);
  app.footer("Example: quarterdeck server --base /var/lib/quarterdeck --address 127.0.0.1 --port 4440");

  ConfigRequest request;
  request.environment = qd::app::process_environment();
  std::vector<std::string> settings;
  CLI::App* server = app.add_subcommand("server", "Start a member; the first start makes the base folder");
  add_config_options(*server, request, settings);
  CLI::App* keys = app.add_subcommand("config", "List every configuration key with its default and meaning");
  bool as_document = false;
  keys->add_flag("--markdown", as_document, "As docs/configuration-reference.md");

  CLI::App* routes = app.add_subcommand("routes", "List every route of the API as JSON, with the right that it needs");
  bool as_openapi = false;
  routes->add_flag("--openapi", as_openapi, "As an OpenAPI document, with parameters and answers");

  CLI::App* import = app.add_subcommand("import-keys", "Take over the key storage of a Rundeck from its database");
  qd::store::DatabaseConfig from;
  std::string password_variable;
  add_config_options(*import, request, settings);
  import->add_option("--from", from.url, "JDBC URL of Rundeck's database; it is only read")->required();
  import->add_option("--user", from.username, "User of that database");
  import->add_option("--password-variable", password_variable, "Environment variable with that user's password");

  CLI::App* peer = app.add_subcommand("import", "Take over what a Rundeck has: its base folder, archives of projects");
  std::vector<std::string> peer_folders, archives;
  add_config_options(*peer, request, settings);
  peer->add_option("--from", peer_folders, "Rundeck's base folder, or /etc/rundeck and /var/lib/rundeck; only read");
  peer->add_option("--archive", archives, "FILE or FILE=PROJECT: an archive of a project");
  CLI::App* health = app.add_subcommand("health", "Ask the server of this host how it is; exit code 0 when it is well");
  std::string health_url;
  add_config_options(*health, request, settings);
  health->add_option("--url", health_url, "Ask the server at this URL instead");
  CLI::App* hash = app.add_subcommand("hash-password", "Read a password and print its hash for realm.properties");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  }
  if (keys->parsed()) {
    std::cout << (as_document ? qd::app::document_config_keys() : qd::app::list_config_keys());
    return 0;
  }
  if (routes->parsed()) {
    std::cout << (as_openapi ? qd::app::openapi_text() : qd::app::route_list() + "\n");
    return 0;
  }
  if (hash->parsed()) return qd::app::hash_password(std::cin, std::cout, std::cerr);
  if (!add_settings(request, settings)) return 2;
  if (peer->parsed()) return import_peer(request, peer_folders, archives);
  if (health->parsed()) return qd::app::check_health(request, health_url, std::cout, std::cerr);
  if (import->parsed()) return import_keys(request, from, password_variable);
  raise_descriptor_limit();
  forget_environment(request);
  const int done = run_server(request);
  return done == kBeginAnew ? begin_anew(request, argv) : done;
}
