#include "app/log_setup.hpp"

#include "base/text.hpp"
#include "base/trace.hpp"
#include "http/client.hpp"
#include "log/limit.hpp"
#include "logstore/log_store.hpp"
#include "logstore/path_template.hpp"
#include "plugin/registry.hpp"

namespace qd::app {
namespace {

constexpr const char* kProviderKey = "rundeck.execution.logs.fileStoragePlugin";
constexpr const char* kSettingsPrefix = "framework.plugin.ExecutionFileStorage.";
constexpr std::size_t kMostBytes = 5u << 20;  // of one answer

logstore::Settings store_settings(const Config& config) {
  logstore::Settings settings;
  const auto prefix = kSettingsPrefix + config.logs.provider + ".";
  for (const auto& [key, value] : config.framework) {
    if (key.starts_with(prefix)) settings[key.substr(prefix.size())] = value;
  }
  return settings;
}

std::vector<std::string> with_plugins(const plugin::Registry& plugins) {
  std::vector<std::string> names{logstore::known_providers()};
  for (auto& name : plugins.names(plugin::service::file_storage)) names.push_back(std::move(name));
  return names;
}

}  // namespace

service::LogSettings log_settings(const Config& config, const std::string& url) {
  auto settings = config.logs;
  settings.framework = config.framework;
  settings.environment = process_environment();
  settings.log_root = (config.folders.logs / "rundeck").string();
  settings.server_url = url;
  settings.server_uuid = config.member.uuid;
  return settings;
}

Result<> check_log_store(const Config& config) {
  const auto& provider = config.logs.provider;
  if (provider.empty()) return {};
  if (!logstore::is_known_provider(provider)) {
    plugin::Registry plugins(config.folders.plugins.string(), (config.folders.var / "plugins" / "cache").string());
    plugins.refresh();
    if (plugins.find(plugin::service::file_storage, provider) != nullptr) return {};
    return fail(ErrorKind::invalid, std::string(kProviderKey) + ": there is no log store '" + provider +
                                        "' here; there are " + base::join(with_plugins(plugins), ", "));
  }
  const auto settings = store_settings(config);
  const auto named = [&](const Error& error) {
    return fail(ErrorKind::invalid, kSettingsPrefix + provider + "." + error.message);
  };
  // A store that cannot be reached now, or that only projects configure, is no reason not to start.
  if (settings.empty()) return {};
  const auto opened = logstore::open_log_store(provider, settings, process_environment());
  if (!opened && opened.error().kind == ErrorKind::invalid) return named(opened.error());
  const auto path = logstore::setting_or(settings, "path", logstore::default_path_template);
  if (auto key = logstore::expand_path(path, {{"execid", "1"}, {"project", "p"}, {"id", "i"}, {"name", "n"}}); !key)
    return named(key.error());
  return {};
}

Result<> check_log_limit(const Config& config) {
  const auto limit = log::parse_limit(config.log_limit.limit);
  if (limit) return {};
  return fail(ErrorKind::invalid, "rundeck.execution.logs.output.limit: " + limit.error().message);
}

service::MemberSend send_to_member() {
  return [](const std::string& url, const std::string& signature) -> Result<service::MemberAnswer> {
    http::ClientRequest request;
    request.url = url;
    request.headers = {{std::string(cluster::member_signature_header), signature}};
    auto span = base::Span::begin("ask member", base::SpanKind::client);
    if (auto parent = base::traceparent_of(span.work().trace); !parent.empty())
      request.headers.emplace_back("traceparent", std::move(parent));
    request.connect_timeout = std::chrono::seconds(2);
    request.timeout = std::chrono::seconds(10);
    request.max_bytes = kMostBytes;
    request.follow_redirects = false;
    const auto answer = http::fetch(request);
    if (!answer) {
      span.fail(answer.error().message);
      return fail(answer.error());
    }
    service::MemberAnswer got{answer->status, answer->body, {}};
    for (const auto& [name, value] : answer->headers) got.headers[name] = value;
    return got;
  };
}

}  // namespace qd::app
