#include "app/config_sources.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <unistd.h>

#include "app/config_keys.hpp"
#include "base/properties.hpp"
#include "base/text.hpp"

extern "C" char** environ;

namespace qd::app {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t largest_config_file = 1 << 20;

std::string variable(const ConfigRequest& request, const std::string& name) {
  const auto found = request.environment.find(name);
  return found == request.environment.end() ? std::string() : found->second;
}

bool is_there(const fs::path& file) {
  std::error_code ignored;
  return fs::exists(file, ignored);
}

void put(RawConfig& raw, const std::string& key, std::string text, std::string where) {
  const ConfigKey* row = find_config_key(key);
  raw.values[row == nullptr ? key : std::string(row->key)] = {std::move(text), std::move(where)};
}

Result<> read_file(RawConfig& raw, const fs::path& file, bool must_exist) {
  if (!is_there(file)) {
    if (!must_exist) return {};
    return fail(ErrorKind::invalid, file.string() + ": there is no such file, but RDECK_CONFIG_FILE names it.");
  }
  if (file.extension() == ".groovy") {
    return fail(ErrorKind::invalid,
                file.string() + ": Groovy files are not read. Write the same keys to a .properties file.");
  }
  std::ifstream in(file, std::ios::binary);
  std::error_code ignored;
  if (!in || fs::is_directory(file, ignored)) {
    return fail(ErrorKind::invalid, file.string() + ": cannot be read (" + std::strerror(errno) + ").");
  }
  if (fs::file_size(file, ignored) > largest_config_file) {
    return fail(ErrorKind::invalid, file.string() + ": is larger than 1 MiB; that is no configuration file.");
  }
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto properties = base::parse_properties(text);
  if (!properties) return fail(ErrorKind::invalid, file.string() + ": " + properties.error().message);
  for (const auto& property : *properties) {
    put(raw, property.key, property.value, file.string() + ":" + std::to_string(property.line));
  }
  raw.files.push_back(file);
  return {};
}

// What differs from the launcher's layout; the package's own files repeat most of it.
void put_package_defaults(RawConfig& raw, const Layout& layout) {
  const std::string where = "package layout";
  put(raw, "quarterdeck.data.dir", "${rdeck.base}/data", where);
  put(raw, "framework.logs.dir", "${rdeck.base}/logs", where);
  put(raw, "quarterdeck.realm.file", (layout.rundeck_file.parent_path() / "realm.properties").string(), where);
  put(raw, "server.address", "0.0.0.0", where);
}

// `RDECK_JVM_OPTS="-Dserver.port=8080 …"` is how users of the packages set system properties.
void put_jvm_options(RawConfig& raw, const std::string& options) {
  for (const std::string& word : base::split_trimmed(options, ' ')) {
    const auto equals = word.find('=');
    if (!word.starts_with("-D") || equals == std::string::npos) continue;
    put(raw, word.substr(2, equals - 2), word.substr(equals + 1), "environment variable RDECK_JVM_OPTS");
  }
}

// Names of the container and the service profile that say nothing about this server.
bool is_surroundings(const std::string& name) {
  static constexpr std::array<std::string_view, 5> surroundings{"RUNDECK_HOME", "RUNDECK_TEMPDIR", "RUNDECK_WORKDIR",
                                                                "RUNDECK_PORT", "RUNDECK_USER"};
  return std::ranges::find(surroundings, name) != surroundings.end() || name.starts_with("RUNDECK_ENVARS_") ||
         name.starts_with("RUNDECK_PORT_") || name.starts_with("RUNDECK_SERVICE_");
}

void put_environment(RawConfig& raw, const ConfigRequest& request) {
  static constexpr std::array<std::string_view, 11> families{"JAAS_",   "LOGIN_MODULE", "RUNDECK_",  "RDECK_",
                                                             "QD_",     "QUARTERDECK_", "SERVER_",   "DATASOURCE_",
                                                             "GRAILS_", "OTEL_",        "FRAMEWORK_"};
  put_jvm_options(raw, variable(request, "RDECK_JVM_OPTS"));
  for (const auto& [name, text] : request.environment) {
    const std::string& candidate = name;
    if (text.empty() || std::ranges::none_of(families, [&](auto family) { return candidate.starts_with(family); }))
      continue;
    if (const ConfigKey* row = find_environment_key(name)) {
      put(raw, std::string(row->key), text, "environment variable " + name);
    } else if (name.starts_with("RUNDECK_") && !is_surroundings(name)) {
      raw.unknown_variables.push_back(name);
    }
  }
}

void put_flags(RawConfig& raw, const ConfigRequest& request) {
  for (const auto& [key, text] : request.settings) put(raw, key, text, "flag -D " + key);
  if (!request.address.empty()) put(raw, "server.address", request.address, "flag --address");
  if (!request.port.empty()) put(raw, "server.port", request.port, "flag --port");
}

}  // namespace

std::map<std::string, std::string> process_environment() {
  std::map<std::string, std::string> all;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    if (const auto equals = text.find('='); equals != std::string_view::npos) {
      all.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  return all;
}

Result<Layout> find_layout(const ConfigRequest& request) {
  Layout layout;
  const std::string named = request.base.empty() ? variable(request, "RDECK_BASE") : request.base;
  const std::string config = request.base.empty() ? variable(request, "RDECK_CONFIG") : std::string();
  fs::path package = config.empty() ? request.package_config_folder : fs::path(config);
  const bool packaged = is_there(package / "framework.properties") || is_there(package / "rundeck-config.properties");
  layout.package = !config.empty() || (named.empty() && packaged);
  if (!named.empty()) {
    layout.base = fs::absolute(named).lexically_normal();
    if (!layout.base.has_filename()) layout.base = layout.base.parent_path();
  } else if (!layout.package) {
    return fail(ErrorKind::invalid,
                "No base folder is named. Start with --base DIR, or set RDECK_BASE; a new folder is filled at the "
                "first start.");
  }
  layout.framework_file =
      layout.package ? package / "framework.properties" : layout.base / "etc" / "framework.properties";
  layout.rundeck_file = layout.package ? package / "rundeck-config.properties"
                                       : layout.base / "server" / "config" / "rundeck-config.properties";
  if (const std::string file = variable(request, "RDECK_CONFIG_FILE"); !file.empty() && request.base.empty()) {
    layout.rundeck_file = file;
    layout.rundeck_file_must_exist = true;
  }
  return layout;
}

Result<RawConfig> gather_config(const ConfigRequest& request, const Layout& layout) {
  RawConfig raw;
  if (layout.package) put_package_defaults(raw, layout);
  if (auto read = read_file(raw, layout.framework_file, false); !read) return fail(read.error());
  if (auto read = read_file(raw, layout.rundeck_file, layout.rundeck_file_must_exist); !read) return fail(read.error());
  for (const auto& [key, text] : request.stored) put(raw, key, text, "configuration in the database");
  put_environment(raw, request);
  put_flags(raw, request);
  return raw;
}

}  // namespace qd::app
