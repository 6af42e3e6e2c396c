#include "service/scm_settings.hpp"

#include <algorithm>

#include "base/properties.hpp"
#include "base/text.hpp"
#include "model/regex.hpp"
#include "scm/job_path.hpp"

namespace qd::service {
namespace {

constexpr std::size_t kLongestValue = 4096;
constexpr std::int64_t kMostListed = 100'000;
constexpr std::int64_t kLongestFetch = 3600;  // seconds

std::string prefix_of(Integration integration) {
  return "scm." + integration_name(integration) + ".";
}

void put_list(std::map<std::string, std::string>& entries, const std::string& key,
              const std::vector<std::string>& values) {
  entries[key + ".count"] = std::to_string(values.size());
  for (std::size_t at = 0; at < values.size(); ++at) entries[key + "." + std::to_string(at)] = values[at];
}

std::optional<std::vector<std::string>> get_list(const std::map<std::string, std::string>& entries,
                                                 const std::string& key) {
  const auto count = entries.find(key + ".count");
  if (count == entries.end()) return std::nullopt;
  std::vector<std::string> values;
  const auto size = std::min(base::parse_int(count->second).value_or(0), kMostListed);
  for (std::int64_t at = 0; at < size; ++at) {
    const auto found = entries.find(key + "." + std::to_string(at));
    if (found != entries.end()) values.push_back(found->second);
  }
  return values;
}

std::string value_of(const ScmValues& values, const std::string& name, const std::string& fallback = {}) {
  const auto found = values.find(name);
  return found == values.end() || found->second.empty() ? fallback : found->second;
}

std::string flaw_of(const plugin::Property& field, const std::string& value) {
  if (value.size() > kLongestValue) return "Invalid value. It is longer than 4096 bytes.";
  if (field.type == "Select" && std::find(field.values.begin(), field.values.end(), value) == field.values.end())
    return "Invalid value. It must be one of " + base::join(field.values, ", ") + ".";
  if (field.type == "Boolean" && !base::parse_bool(value)) return "Invalid value. It must be true or false.";
  if (field.type == "Integer" && !base::parse_int(value)) return "Invalid value. It must be a whole number.";
  return {};
}

}  // namespace

std::string integration_name(Integration integration) {
  return integration == Integration::exporting ? "export" : "import";
}

std::optional<Integration> parse_integration(const std::string& name) {
  if (name == "export") return Integration::exporting;
  if (name == "import") return Integration::importing;
  return std::nullopt;
}

std::string stored_scm_path(Integration integration) {
  return "etc/scm-" + integration_name(integration) + ".properties";
}

std::string write_stored_scm(Integration integration, const StoredScm& stored) {
  const auto prefix = prefix_of(integration);
  std::map<std::string, std::string> entries{{prefix + "type", stored.type},
                                             {prefix + "enabled", stored.enabled ? "true" : "false"},
                                             {prefix + "username", stored.user}};
  put_list(entries, prefix + "roles", stored.roles);
  if (stored.tracked) put_list(entries, prefix + "trackedItems", *stored.tracked);
  for (const auto& [key, value] : stored.config) entries[prefix + "config." + key] = value;
  return base::write_properties(entries);
}

Result<StoredScm> read_stored_scm(Integration integration, const std::string& text) {
  const auto parsed = base::parse_properties(text);
  if (!parsed) return fail(parsed.error());
  std::map<std::string, std::string> entries;
  for (const auto& entry : *parsed) entries[entry.key] = entry.value;
  const auto prefix = prefix_of(integration);
  StoredScm stored;
  stored.type = value_of(entries, prefix + "type");
  stored.enabled = base::iequals(value_of(entries, prefix + "enabled"), "true");
  stored.user = value_of(entries, prefix + "username");
  stored.roles = get_list(entries, prefix + "roles").value_or(std::vector<std::string>());
  stored.tracked = get_list(entries, prefix + "trackedItems");
  const auto config = prefix + "config.";
  for (const auto& [key, value] : entries) {
    if (key.starts_with(config)) stored.config[key.substr(config.size())] = value;
  }
  if (stored.type.empty()) return fail(ErrorKind::invalid, "There is no " + prefix + "type");
  return stored;
}

ScmFlaws check_values(const std::vector<plugin::Property>& fields, const ScmValues& values) {
  ScmFlaws flaws;
  for (const auto& field : fields) {
    const auto value = value_of(values, field.name);
    if (value.empty()) {
      if (field.required) flaws[field.name] = "required";
      continue;
    }
    if (auto flaw = flaw_of(field, value); !flaw.empty()) flaws[field.name] = std::move(flaw);
  }
  return flaws;
}

ScmFlaws check_config(Integration integration, const std::vector<plugin::Property>& fields, const ScmValues& values) {
  auto flaws = check_values(fields, values);
  const auto add = [&](const char* name, const std::string& flaw) { flaws.try_emplace(name, flaw); };
  const auto url = value_of(values, "url");
  if (base::trim(url) != url) add("url", "Invalid value. Leading/trailing whitespace must be removed.");
  if (const auto parsed = scm::parse_git_url(url); !url.empty() && !parsed)
    add("url", "Invalid value. " + parsed.error().message);
  for (const char* name : {"branch", "baseBranch"}) {
    const auto branch = value_of(values, name);
    if (!branch.empty() && !scm::is_ref_name(branch)) add(name, "Invalid value. It is no name that git takes.");
  }
  const auto path_template = value_of(values, "pathTemplate");
  const auto sample = scm::job_path(path_template, "xml", {"id", "id", "name", "group", "project"});
  if (const auto checked = scm::check_path(sample); !path_template.empty() && !checked)
    add("pathTemplate", "Invalid value. " + checked.error().message);
  if (const auto seconds = base::parse_int(value_of(values, "fetchTimeout", "30")); seconds) {
    if (*seconds <= 0) add("fetchTimeout", "Invalid value. Fetch Timeout must be a positive number of seconds.");
    if (*seconds > kLongestFetch) add("fetchTimeout", "Invalid value. It can be 3600 seconds at most.");
  }
  if (integration == Integration::importing) {
    const auto pattern = value_of(values, "filePattern");
    if (const auto regex = model::Regex::compile(pattern); !regex)
      add("filePattern", "Invalid value. Invalid regular expression: " + regex.error().message);
  }
  return flaws;
}

ScmSettings scm_settings(Integration integration, const ScmValues& values) {
  ScmSettings settings;
  settings.url = scm::parse_git_url(value_of(values, "url")).value_or(scm::GitUrl());
  settings.branch = value_of(values, "branch", "master");
  settings.path_template = value_of(values, "pathTemplate");
  settings.format_name = value_of(values, "format", "xml");
  settings.format = codec::parse_job_format(settings.format_name).value_or(codec::JobFormat::xml);
  settings.strict_host_keys = value_of(values, "strictHostKeyChecking") != "no";
  settings.key_path = value_of(values, "sshPrivateKeyPath");
  settings.password_path = value_of(values, "gitPasswordPath");
  settings.fetches = value_of(values, "fetchAutomatically", "true") == "true";
  settings.fetch_limit = Millis{base::parse_int(value_of(values, "fetchTimeout", "30")).value_or(30) * 1000};
  const bool imports = integration == Integration::importing;
  settings.pulls = value_of(values, "pullAutomatically", imports ? "true" : "false") == "true";
  const auto uuid = value_of(values, imports ? "importUuidBehavior" : "exportUuidBehavior", "preserve");
  settings.uuid = uuid == "preserve" ? ScmSettings::Uuid::preserve
                  : uuid == "remove" ? ScmSettings::Uuid::remove
                                     : ScmSettings::Uuid::other;
  settings.committer_name = value_of(values, "committerName");
  settings.committer_email = value_of(values, "committerEmail");
  settings.create_branch = base::iequals(value_of(values, "createBranch"), "true");
  settings.base_branch = value_of(values, "baseBranch", "master");
  settings.by_pattern = value_of(values, "useFilePattern", "true") == "true";
  settings.pattern = value_of(values, "filePattern", ".*\\." + settings.format_name);
  return settings;
}

}  // namespace qd::service
