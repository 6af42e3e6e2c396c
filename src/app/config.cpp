#include "app/config.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <unistd.h>

#include "app/config_keys.hpp"
#include "app/config_placeholders.hpp"
#include "app/config_sources.hpp"
#include "base/text.hpp"

namespace qd::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view globals_prefix = "framework.globals.";
constexpr std::string_view remote_prefix = "rundeck.clusterMode.remoteExecution.";
constexpr std::string_view cluster_prefix = "rundeck.clusterMode.";
const std::string log_store_prefix = "framework.plugin.ExecutionFileStorage.";
constexpr std::string_view own_prefix = "quarterdeck.";
constexpr std::string_view provider_prefix = "rundeck.storage.provider.";
constexpr std::string_view converter_prefix = "rundeck.storage.converter.";
constexpr std::string_view mail_properties_prefix = "grails.mail.props.";
constexpr std::string_view mail_templates_prefix = "rundeck.mail.";

// How nodes are reached: docs/ssh.md. They are read when a node is.
bool is_node_setting(std::string_view key) {
  for (const std::string_view prefix :
       {"framework.ssh-", "framework.ssh.", "framework.sudo-", "framework.sudo2-", "framework.always-set-pty",
        "framework.bind-address", "framework.file-copy-destination-dir", "framework.dry-run", "service.NodeExecutor.",
        "service.FileCopier.", "plugin.script-exec.", "plugin.script-copy."}) {
    if (key.starts_with(prefix)) return true;
  }
  return false;
}

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : std::string("localhost");
}

std::string without_slash(std::string text) {
  while (text.ends_with('/')) text.pop_back();
  return text;
}

// Makes the Config from what was gathered, and collects what is wrong.
class Judge {
 public:
  Judge(const RawConfig& raw, const ConfigRequest& request, fs::path base, fs::path config_folder)
      : raw_(raw),
        environment_(request.environment),
        config_folder_(std::move(config_folder)),
        placeholders_(raw, request.environment, base.string()) {
    config_.folders.base = std::move(base);
  }

  void judge_table();
  void judge_others();
  void finish();
  Result<Config> result() &&;

 private:
  const RawValue* find(std::string_view key) const;
  std::optional<ConfigValue> judge(const ConfigKey& key, const RawValue& raw);
  std::string resolved_or_raw(const std::string& key, const RawValue& raw);
  void show(const ConfigKey& key, const RawValue* set, const std::string& value);
  void complain(const RawValue& raw, std::string_view key, const std::string& what) {
    problems_.push_back(raw.where + ": " + std::string(key) + ": " + what);
  }
  void note(const std::string& key, const std::string& where, std::string suggestion) {
    config_.unimplemented.push_back({key, where, std::move(suggestion), std::string(advice_on_key(key))});
  }
  void finish_server();
  void finish_auth();
  void finish_cluster();
  void finish_storage();
  void finish_mail();
  void finish_oauth();
  // Messages of a parser of `properties`, a line each, with the place of the key that each names.
  void complain_of(const std::map<std::string, std::string>& properties, const std::string& message);
  void complain_of_cluster(const std::string& message) { complain_of(config_.cluster.properties, message); }

  const RawConfig& raw_;
  const std::map<std::string, std::string>& environment_;
  fs::path config_folder_;  // of rundeck-config.properties
  Placeholders placeholders_;
  Config config_;
  std::vector<std::string> problems_;
  std::map<std::string, std::string> storage_;  // the keys of providers and converters
};

const RawValue* Judge::find(std::string_view key) const {
  const auto found = raw_.values.find(std::string(key));
  return found == raw_.values.end() ? nullptr : &found->second;
}

std::optional<ConfigValue> Judge::judge(const ConfigKey& key, const RawValue& raw) {
  const auto resolved = placeholders_.resolve(raw.text);
  if (!resolved) {
    complain(raw, key.key, resolved.error().message);
    return std::nullopt;
  }
  if (!resolved->unknown.empty()) {
    complain(raw, key.key, "${" + resolved->unknown.front() + "} is neither a key nor an environment variable");
    return std::nullopt;
  }
  auto value = judge_value(key.kind, resolved->text, key.range, key.choices);
  if (!value) {
    const bool hidden = key.kind == ValueKind::secret || key.kind == ValueKind::database_url;
    complain(raw, key.key, (hidden ? std::string() : "'" + resolved->text + "': ") + value.error().message);
    return std::nullopt;
  }
  if (key.kind == ValueKind::path && !value->text.empty()) {
    value->text = (config_.folders.base / value->text).lexically_normal().string();
  }
  return *value;
}

void Judge::judge_table() {
  for (const ConfigKey& key : config_keys()) {
    const RawValue* set = find(key.key);
    if (key.kind == ValueKind::ignored) {
      const bool differs = set != nullptr && !key.standard.empty() && base::trim(set->text) != key.standard;
      if (differs) note(std::string(key.key), set->where, {});
      continue;
    }
    const auto value = judge(key, set != nullptr ? *set : RawValue{std::string(key.standard), "default"});
    if (value && key.set != nullptr) key.set(config_, *value);
    if (value) show(key, set, value->text);
  }
}

void Judge::show(const ConfigKey& key, const RawValue* set, const std::string& value) {
  const bool hidden = set != nullptr && (key.kind == ValueKind::secret || key.kind == ValueKind::database_url);
  config_.entries.push_back({std::string(key.key), hidden ? std::nullopt : std::optional(value),
                             key.standard.empty() ? std::nullopt : std::optional(std::string(key.standard)),
                             set != nullptr ? set->where : "default", describe_kind(key.kind, key.range, key.choices),
                             std::string(key.meaning)});
}

std::string Judge::resolved_or_raw(const std::string& key, const RawValue& raw) {
  auto resolved = placeholders_.resolve(raw.text);
  if (resolved) return resolved->text;
  complain(raw, key, resolved.error().message);
  return raw.text;
}

void Judge::judge_others() {
  for (const auto& [key, raw] : raw_.values) {
    if (key.starts_with("framework.") || key.starts_with("service.") || key.starts_with("plugin."))
      config_.framework[key] = resolved_or_raw(key, raw);
    if (key.starts_with(cluster_prefix)) {
      const std::string value = config_.cluster.properties[key] = resolved_or_raw(key, raw);
      if (find_config_key(key) == nullptr) config_.entries.push_back({key, value, std::nullopt, raw.where, "", ""});
      continue;
    }
    if (key.starts_with(provider_prefix) || key.starts_with(converter_prefix)) {
      storage_[key] = resolved_or_raw(key, raw);
      continue;
    }
    if (key.starts_with(auth::kOauthPrefix) || key.starts_with(auth::kOwnOauthPrefix)) {
      config_.auth.oauth_properties[key] = resolved_or_raw(key, raw);
      continue;
    }
    if (find_config_key(key) != nullptr) continue;
    if (key.starts_with(mail_properties_prefix)) {
      config_.notifications.mail_properties[key.substr(mail_properties_prefix.size())] = resolved_or_raw(key, raw);
      continue;
    }
    if (key.starts_with(mail_templates_prefix)) {
      config_.notifications.mail.templates[key] = resolved_or_raw(key, raw);
      continue;
    }
    if ((key.starts_with(globals_prefix) && key.size() > globals_prefix.size()) || is_node_setting(key)) {
      continue;
    } else if (!config_.logs.provider.empty() && key.starts_with(log_store_prefix + config_.logs.provider + ".")) {
      continue;
    } else if (key.starts_with(own_prefix)) {
      const std::string nearest = nearest_config_key(key);
      complain(raw, key,
               nearest.empty() ? "there is no such key; `quarterdeck config` shows them all"
                               : "there is no such key; did you mean " + nearest + "?");
    } else if (key == "rundeck.ssl.config") {
      complain(raw, key,
               "Java keystores are not read. Export certificate and key as PEM files and name them in "
               "server.ssl.certificate and server.ssl.certificate-private-key");
    } else {
      note(key, raw.where, nearest_config_key(key));
    }
  }
  for (const std::string& variable : raw_.unknown_variables) note(variable, "environment", {});
}

void Judge::finish_server() {
  auto& server = config_.server;
  server.context_path = without_slash(server.context_path);
  if (base::lower(server.address) == "localhost") server.address = "127.0.0.1";
  if (server.url.empty()) {
    if (const RawValue* url = find("framework.server.url")) {
      if (const auto value = judge(*find_config_key("framework.server.url"), *url)) server.url = value->text;
    }
  }
  server.url = without_slash(server.url);
  server.member_url = without_slash(server.member_url);
  const bool certificate = !server.tls_certificate.empty();
  if (certificate != !server.tls_key.empty()) {
    const char* given = certificate ? "server.ssl.certificate" : "server.ssl.certificate-private-key";
    const char* missing = certificate ? "server.ssl.certificate-private-key" : "server.ssl.certificate";
    complain(*find(given), given, std::string("needs ") + missing + " too");
  }
  // Users of the peer leave server.port as it is when they turn TLS on.
  const RawValue* port = find("server.port");
  const RawValue* tls_port = find("server.https.port");
  if (certificate && (port == nullptr || (tls_port != nullptr && port->where != "flag --port"))) {
    const ConfigKey& key = *find_config_key("server.https.port");
    if (const auto value =
            judge(key, tls_port != nullptr ? *tls_port : RawValue{std::string(key.standard), "default"})) {
      server.port = static_cast<std::uint16_t>(value->number);
    }
  }
}

void Judge::complain_of(const std::map<std::string, std::string>& properties, const std::string& message) {
  for (const auto& line : base::split(message, '\n')) {
    const RawValue* named = nullptr;
    std::size_t longest = 0;
    for (const auto& [key, value] : properties) {
      if (key.size() <= longest || line.find(key) == std::string::npos) continue;
      named = find(key);
      longest = key.size();
    }
    problems_.push_back((named == nullptr ? std::string() : named->where + ": ") + line);
  }
}

void Judge::finish_cluster() {
  auto& [properties, tags, members, remote, messaging] = config_.cluster;
  if (auto parsed = cluster::parse_cluster_config(properties)) {
    members = std::move(*parsed);
  } else {
    complain_of_cluster(parsed.error().message);
  }
  if (auto parsed = cluster::parse_policy_config(properties)) {
    remote = std::move(*parsed);
  } else {
    complain_of_cluster(parsed.error().message);
  }
  if (auto parsed = cluster::parse_messaging_config(properties)) {
    messaging = std::move(*parsed);
  } else {
    complain_of_cluster(parsed.error().message);
  }
  for (const auto& [key, value] : properties) {
    if (key.starts_with(remote_prefix) || find_config_key(key) != nullptr) continue;
    if (key.starts_with("rundeck.clusterMode.messaging.encryption.")) continue;
    note(key, find(key)->where, nearest_config_key(key));
  }
}

void Judge::finish_oauth() {
  auto& auth = config_.auth;
  auto parsed = auth::parse_oauth_config(auth.oauth_properties);
  if (!parsed) return complain_of(auth.oauth_properties, parsed.error().message);
  auth.oauth = std::move(parsed->providers);
  for (const std::string& key : parsed->unknown_keys) {
    const RawValue& raw = *find(key);
    if (key.starts_with(own_prefix)) {
      complain(raw, key, "there is no such key; docs/authentication.md shows those of a provider");
    } else {
      note(key, raw.where, {});
    }
  }
}

// Which JAAS file, and who is believed.
void Judge::finish_auth() {
  auto& auth = config_.auth;
  const bool named = !auth.jaas_file.empty() || find("loginmodule.conf.name") != nullptr;
  if (auth.jaas_file.empty()) auth.jaas_file = config_folder_ / auth.jaas_file_name;
  std::error_code ignored;
  if (!auth.jaas_enabled || (!named && !fs::exists(auth.jaas_file, ignored))) auth.jaas_file.clear();
  if (!auth.jaas_file.empty()) {
    auth.variables = environment_;
    for (const auto& [key, raw] : raw_.values) {
      if (const auto resolved = placeholders_.resolve(raw.text)) auth.variables[key] = resolved->text;
    }
    auth.variables["rdeck.base"] = config_.folders.base.string();
  }
  constexpr const char* proxies_key = "quarterdeck.proxy.trusted";
  if (auto proxies = auth::AddressSet::parse(auth.trusted_proxies)) {
    auth.rules.proxies = std::move(*proxies);
  } else {
    complain(*find(proxies_key), proxies_key, proxies.error().message);
  }
  constexpr const char* vouching_key = "rundeck.security.authorization.preauthenticated.enabled";
  if (auth.rules.vouching.enabled && auth.rules.proxies.empty() && auth.trusted_proxies.empty()) {
    complain(*find(vouching_key), vouching_key,
             "anybody could be anybody; name the proxies' addresses in quarterdeck.proxy.trusted");
  }
  if (auth.redirect_logout) auth.rules.vouching.logout_url = auth.logout_url;
}

void Judge::finish_storage() {
  vault::StorageSurroundings around;
  around.standard_folder = (config_.folders.var / "storage").string();
  around.environment = [this](const std::string& name) -> std::optional<std::string> {
    config_.storage.secret_variables.push_back(name);
    const auto found = environment_.find(name);
    return found == environment_.end() ? std::nullopt : std::optional(found->second);
  };
  around.system_property = [this](const std::string& name) -> std::optional<std::string> {
    const RawValue* raw = find(name);
    return raw == nullptr ? std::nullopt : std::optional(raw->text);
  };
  if (auto parsed = vault::parse_storage_config(storage_, "rundeck.storage.", around)) {
    config_.storage.keys = std::move(*parsed);
  } else {
    problems_.push_back(parsed.error().message);
  }
}

void Judge::finish_mail() {
  auto& all = config_.notifications;
  auto& mail = all.mail;
  mail.smtp.host = all.mail_host;
  mail.smtp.port = all.mail_port;
  mail.smtp.username = all.mail_username;
  mail.smtp.password = all.mail_password;
  mail.from = all.mail_from.empty() ? "rundeck@" + host_name() : all.mail_from;
  mail.disabled = all.mail_disabled;
  mail.only_to = all.mail_only_to;
  mail.base_folder = config_.folders.base.string();
  if (const auto applied = notify::apply_mail_properties(all.mail_properties, mail.smtp); !applied) {
    const auto& message = applied.error().message;
    const auto key = std::string(mail_properties_prefix) + message.substr(0, message.find(':'));
    const RawValue* named = find(key);
    problems_.push_back((named == nullptr ? std::string() : named->where + ": ") + std::string(mail_properties_prefix) +
                        message);
  }
}

void Judge::finish() {
  finish_server();
  finish_storage();
  finish_auth();
  finish_oauth();
  finish_cluster();
  finish_mail();
  // A file for a job option comes as one body, with a little around it.
  config_.server.max_body_bytes = std::max(config_.server.max_body_bytes, config_.uploads.max_file_bytes + (1 << 20));
  config_.database.default_sqlite_path = (config_.folders.data / "quarterdeck.db").string();
  auto& member = config_.member;
  if (member.hostname.empty()) member.hostname = host_name();
  if (member.name.empty()) member.name = member.hostname;
  member.uuid = base::lower(member.uuid);
  config_.files = raw_.files;
}

Result<Config> Judge::result() && {
  if (!problems_.empty()) return fail(ErrorKind::invalid, base::join(problems_, "\n"));
  return std::move(config_);
}

// The base folder of the package layout stands in its files.
Result<fs::path> settle_base(const RawConfig& raw, const ConfigRequest& request, const Layout& layout) {
  if (!layout.base.empty()) return layout.base;
  const auto named = raw.values.find("rdeck.base");
  if (named == raw.values.end()) return fs::path("/var/lib/rundeck");
  const auto resolved = Placeholders(raw, request.environment, {}).resolve(named->second.text);
  if (!resolved || resolved->text.empty() || resolved->text.front() != '/') {
    return fail(ErrorKind::invalid, named->second.where + ": rdeck.base: expected an absolute path");
  }
  return fs::path(resolved->text).lexically_normal();
}

std::string host_for_url(const Config& config) {
  const std::string& address = config.server.address;
  if (address.empty() || address == "0.0.0.0" || address == "::") return config.member.hostname;
  return address.find(':') != std::string::npos ? "[" + address + "]" : address;
}

}  // namespace

Result<Config> load_config(const ConfigRequest& request) {
  const auto layout = find_layout(request);
  if (!layout) return fail(layout.error());
  const auto raw = gather_config(request, *layout);
  if (!raw) return fail(raw.error());
  const auto base = settle_base(*raw, request, *layout);
  if (!base) return fail(base.error());
  Judge judge(*raw, request, *base, layout->rundeck_file.parent_path());
  judge.judge_table();
  judge.judge_others();
  judge.finish();
  auto config = std::move(judge).result();
  if (config) config->folders.etc = layout->framework_file.parent_path();
  return config;
}

std::string url_of(const Config& config, std::uint16_t bound_port) {
  if (!config.server.url.empty()) return config.server.url;
  const bool tls = !config.server.tls_certificate.empty();
  const std::string port = bound_port == (tls ? 443 : 80) ? std::string() : ":" + std::to_string(bound_port);
  return (tls ? "https://" : "http://") + host_for_url(config) + port + config.server.context_path;
}

}  // namespace qd::app
