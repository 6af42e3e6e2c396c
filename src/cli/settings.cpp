#include "cli/settings.hpp"

#include <filesystem>

#include "base/text.hpp"
#include "cli/input_file.hpp"

namespace qd::cli {
namespace {

constexpr std::size_t kMaxConfBytes = 1u << 20;

std::string variable(const Environment& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string() : found->second;
}

bool truth(const Environment& environment, const std::string& name, bool fallback) {
  const std::string value = base::lower(variable(environment, name));
  if (value.empty()) return fallback;
  return value == "true" || value == "1" || value == "yes" || value == "on";
}

Result<> load_conf(Environment& environment) {
  const std::string named = variable(environment, "RD_CONF");
  const std::string home = variable(environment, "HOME");
  const std::string file = named.empty() ? home + "/.rd/rd.conf" : named;
  if (named.empty() && (home.empty() || !std::filesystem::exists(file))) return {};
  auto text = read_file(file, kMaxConfBytes);
  if (!text) return fail(text.error());
  return apply_rd_conf(*text, file, environment);
}

Result<> set_seconds(const Environment& environment, const std::string& name, std::chrono::milliseconds& target) {
  const std::string value = variable(environment, name);
  if (value.empty()) return {};
  const auto seconds = base::parse_int(value);
  if (!seconds || *seconds < 0 || *seconds > 1'000'000) {
    return fail(ErrorKind::invalid, name + " is a number of seconds, not \"" + value + "\".");
  }
  target = std::chrono::seconds(*seconds);
  return {};
}

Result<> set_timeouts(const Environment& environment, Settings& settings) {
  const std::pair<const char*, std::chrono::milliseconds*> variables[] = {
      {"RD_HTTP_CONN_TIMEOUT", &settings.connect_timeout},
      {"RD_HTTP_READ_TIMEOUT", &settings.timeout},
      {"RD_HTTP_CALL_TIMEOUT", &settings.timeout},
      {"RD_HTTP_TIMEOUT", &settings.connect_timeout},
      {"RD_HTTP_TIMEOUT", &settings.timeout},
  };
  for (const auto& [name, target] : variables) {
    if (auto set = set_seconds(environment, name, *target); !set) return set;
  }
  return {};
}

Result<int> parse_api_version(const std::string& name, const std::string& value) {
  const auto version = base::parse_int(value);
  if (version && *version > 0 && *version < 1000) return static_cast<int>(*version);
  return fail(ErrorKind::invalid, name + " names the API version \"" + value + "\", which is no number like 59.");
}

std::string without_trailing_slashes(std::string url) {
  while (!url.empty() && url.back() == '/') url.pop_back();
  return url;
}

Result<> set_url(const Environment& environment, Settings& settings) {
  settings.url = without_trailing_slashes(std::string(base::trim(variable(environment, "RD_URL"))));
  if (!settings.url.empty() && !settings.url.starts_with("http://") && !settings.url.starts_with("https://")) {
    return fail(ErrorKind::invalid, "RD_URL starts with http:// or https://, e.g. http://localhost:4440.");
  }
  std::string version = variable(environment, "RD_API_VERSION");
  std::string source = "RD_API_VERSION";
  if (const auto api = settings.url.rfind("/api/"); api != std::string::npos) {
    version = settings.url.substr(api + 5);
    source = "RD_URL";
    settings.url = without_trailing_slashes(settings.url.substr(0, api));
  } else if (settings.url.ends_with("/api")) {
    settings.url = without_trailing_slashes(settings.url.substr(0, settings.url.size() - 4));
  }
  if (version.empty()) return {};
  auto parsed = parse_api_version(source, version);
  if (!parsed) return fail(parsed.error());
  settings.api_version = *parsed;
  return {};
}

Result<> set_look(const Environment& environment, Settings& settings) {
  const std::string color = variable(environment, "RD_COLOR");
  if (color == "0" || !variable(environment, "NO_COLOR").empty()) settings.color = false;
  if (color == "1") settings.color = true;
  for (const char* part : {"info", "output", "warn", "error"}) {
    std::string name = "RD_COLOR_";
    for (const char* c = part; *c != 0; ++c) name.push_back(static_cast<char>(*c - 'a' + 'A'));
    const std::string value = base::lower(variable(environment, name));
    if (!value.empty()) settings.colors[part] = value;
  }
  settings.terminal = variable(environment, "TERM");
  settings.date_format = variable(environment, "RD_DATE_FORMAT");
  const std::string format = variable(environment, "RD_FORMAT");
  if (format.empty()) return {};
  const auto parsed = parse_format(format);
  if (!parsed) return fail(ErrorKind::invalid, "RD_FORMAT is json or yaml, not \"" + format + "\".");
  settings.format = *parsed;
  return {};
}

}  // namespace

std::optional<Format> parse_format(std::string_view name) {
  const std::string lower = base::lower(name);
  if (lower == "text") return Format::text;
  if (lower == "json") return Format::json;
  if (lower == "yaml") return Format::yaml;
  if (lower == "properties") return Format::properties;
  return std::nullopt;
}

Result<Settings> read_settings(Environment environment) {
  if (auto loaded = load_conf(environment); !loaded) return fail(loaded.error());
  Settings settings;
  if (auto set = set_url(environment, settings); !set) return fail(set.error());
  if (auto set = set_timeouts(environment, settings); !set) return fail(set.error());
  if (auto set = set_look(environment, settings); !set) return fail(set.error());
  settings.token = variable(environment, "RD_TOKEN");
  settings.user = variable(environment, "RD_USER");
  settings.password = variable(environment, "RD_PASSWORD");
  settings.project = variable(environment, "RD_PROJECT");
  settings.bypass_url = without_trailing_slashes(variable(environment, "RD_BYPASS_URL"));
  settings.prompt = truth(environment, "RD_AUTH_PROMPT", true);
  settings.verify_tls = !truth(environment, "RD_INSECURE_SSL", false);
  settings.warn_insecure = !truth(environment, "RD_INSECURE_SSL_NO_WARN", false);
  settings.retry = truth(environment, "RD_CONNECT_RETRY", true);
  settings.downgrade = truth(environment, "RD_API_DOWNGRADE", true);
  settings.debug = static_cast<int>(base::parse_int(variable(environment, "RD_DEBUG")).value_or(0));
  return settings;
}

}  // namespace qd::cli
