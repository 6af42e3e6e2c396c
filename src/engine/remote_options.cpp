#include "engine/remote_options.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/logging.hpp"
#include "base/text.hpp"
#include "http/client.hpp"
#include "plugin/option_values.hpp"

namespace qd::engine {
namespace {

constexpr std::size_t kMaxAnswer = 8u << 20;
constexpr std::int64_t kMostAttempts = 10;
constexpr std::chrono::seconds kLongest{60};  // all attempts together

std::string config_value(const model::Option& option, std::string_view key) {
  return text_or(option.config_remote_url, key);
}

void add_globals(std::map<std::string, std::string>& globals, const std::map<std::string, std::string>& config,
                 const std::string& prefix) {
  for (auto entry = config.lower_bound(prefix); entry != config.end() && entry->first.starts_with(prefix); ++entry) {
    globals[entry->first.substr(prefix.size())] = entry->second;
  }
}

model::UrlWords url_words(const RemoteOptionsConfig& config, const model::Job& job, const model::Option& option,
                          const model::OptionValues& chosen, const std::string& user,
                          const std::map<std::string, std::string>& project_config) {
  model::UrlWords words;
  words.option = option.name;
  words.options = chosen;
  words.rundeck = {{"nodename", config.node_name}, {"serverUUID", config.server_uuid}};
  if (base::lower(option.values_url).starts_with("file:")) words.rundeck["basedir"] = config.base_folder;
  words.job = {{"name", job.name},       {"group", job.group}, {"description", job.description},
               {"project", job.project}, {"user.name", user},  {"user.email", ""},
               {"user.first", ""},       {"user.last", ""}};
  for (const auto& [key, value] : words.rundeck) words.job["rundeck." + key] = value;
  add_globals(words.globals, config.settings, "framework.globals.");
  add_globals(words.globals, project_config, "project.globals.");
  return words;
}

Result<std::string> read_values_file(const std::string& url) {
  std::string path = url.substr(5);
  if (path.starts_with("//")) path.erase(0, std::min(path.find('/', 2), path.size()));
  path = base::percent_decode(path);
  std::error_code broken;
  const auto size = std::filesystem::file_size(path, broken);
  if (broken) return fail(ErrorKind::unavailable, url + ": " + broken.message());
  if (size > kMaxAnswer) return fail(ErrorKind::too_large, url + ": the file is larger than 8 MiB");
  std::ifstream file(path, std::ios::binary);
  std::string text(size, '\0');
  if (!file.read(text.data(), static_cast<std::streamsize>(size))) {
    return fail(ErrorKind::unavailable, url + ": the file cannot be read");
  }
  return text;
}

// Credentials as configRemoteUrl says: BASIC, API_KEY (in a header or the query) or BEARER_TOKEN.
Result<> add_authentication(const RemoteOptionsConfig& config, const model::Option& option,
                            const vault::SecretUser& user, http::ClientRequest& request) {
  const auto kind = base::lower(config_value(option, "authenticationType"));
  if (kind.empty()) return {};
  const bool basic = kind == "basic";
  if (!basic && kind != "api_key" && kind != "bearer_token") {
    return fail(ErrorKind::invalid, "authenticationType must be BASIC, API_KEY or BEARER_TOKEN");
  }
  const auto path = config_value(option, basic ? "passwordStoragePath" : "tokenStoragePath");
  Result<std::string> secret = fail(ErrorKind::not_found, "there is no key storage");
  if (config.read_secret) secret = config.read_secret(path, user);
  if (!secret)
    return fail(secret.error().kind, "The key \"" + path + "\" could not be read: " + secret.error().message);
  const auto key = config_value(option, "keyName");
  if (basic) {
    request.username = config_value(option, "username");
    request.password = *secret;
  } else if (kind == "bearer_token") {
    request.headers.emplace_back("Authorization", "Bearer " + *secret);
  } else if (key.empty()) {
    return fail(ErrorKind::invalid, "keyName is required for API_KEY");
  } else if (base::iequals(config_value(option, "apiTokenReporter"), "HEADER")) {
    request.headers.emplace_back(key, *secret);
  } else {
    request.url += (request.url.find('?') == std::string::npos ? "?" : "&") + base::percent_encode(key) + "=" +
                   base::percent_encode(*secret);
  }
  return {};
}

// The body of a good answer; what is wrong with another one.
Result<std::string> body_of(http::ClientResponse&& answer, bool any_type) {
  if (answer.status < 200 || answer.status > 300) {
    return fail(ErrorKind::unavailable, "Server returned an error response: " + std::to_string(answer.status));
  }
  const auto type = answer.header("content-type");
  const auto media_type = base::lower(base::trim(std::string_view(type).substr(0, type.find(';'))));
  if (!any_type && media_type != "application/json") {
    return fail(ErrorKind::invalid,
                "Unexpected content type received: " + type +
                    " (the project's property project.jobs.disableRemoteOptionJsonCheck=true allows any)");
  }
  return std::move(answer.body);
}

}  // namespace

Result<std::string> RemoteOptions::fetch(const model::Option& option, const std::string& url, bool any_type,
                                         const vault::SecretUser& user) const {
  const auto settings = model::split_url_settings(url);
  const auto number = [&](const char* key, std::int64_t fallback) {
    const auto found = settings.numbers.find(key);
    return found == settings.numbers.end() ? fallback : found->second;
  };
  http::ClientRequest request;
  request.url = settings.url;
  request.headers = {{"Accept", "application/json"}};
  request.max_bytes = kMaxAnswer;
  request.blocked = config_.blocked;
  const auto timeout = std::clamp<std::int64_t>(number("timeout", config_.timeout.count()), 1, kLongest.count());
  const auto connect = number("contimeout", config_.connect_timeout.count());
  request.timeout = std::chrono::seconds(timeout);
  request.connect_timeout = std::chrono::seconds(std::clamp<std::int64_t>(connect > 0 ? connect : timeout, 1, timeout));
  if (auto added = add_authentication(config_, option, user, request); !added) return fail(added.error());
  const auto attempts = std::clamp<std::int64_t>(number("retry", config_.attempts), 1, kMostAttempts);
  const auto deadline = std::chrono::steady_clock::now() + kLongest;
  Result<std::string> body = fail(ErrorKind::unavailable, "not asked");
  for (std::int64_t attempt = 1; attempt <= attempts; ++attempt) {
    auto answer = http::fetch(request);
    // An answer that says no will say it again; only a server that is away or in trouble is asked again.
    const bool again = answer ? answer->status >= 500 : answer.error().kind == ErrorKind::unavailable;
    body = answer ? body_of(std::move(*answer), any_type) : Result<std::string>(fail(answer.error()));
    if (body || !again) break;
    const auto pause = std::chrono::milliseconds(std::min<std::int64_t>(100 << attempt, 2'000));
    if (attempt == attempts || std::chrono::steady_clock::now() + pause > deadline) break;
    std::this_thread::sleep_for(pause);
  }
  return body;
}

Result<std::vector<model::RemoteValue>> RemoteOptions::values_of_plugin(
    const model::Job& job, const model::Option& option, const model::OptionValues& chosen,
    const vault::SecretUser& user, const std::map<std::string, std::string>& project_config) const {
  if (config_.plugins == nullptr) return fail(ErrorKind::unavailable, "this server has no plugins");
  auto properties = config_.settings;
  for (const auto& [key, value] : project_config) properties[key] = value;
  auto others = chosen;
  for (const auto& other : job.options) {
    if (other.secure) others.erase(other.name);
  }
  auto found = plugin::option_values_of(*config_.plugins, option.values_plugin, job.project, properties, others,
                                        vault::reading_for(config_.read_secret, user));
  if (!found) return fail(found.error());
  std::vector<model::RemoteValue> values;
  for (auto& [label, value] : *found) values.push_back({std::move(label), std::move(value), false});
  if (option.sort_values) {
    std::stable_sort(values.begin(), values.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  }
  return values;
}

Result<std::vector<model::RemoteValue>> RemoteOptions::values(
    const model::Job& job, const model::Option& option, const model::OptionValues& chosen,
    const vault::SecretUser& user, const std::map<std::string, std::string>& project_config) const {
  if (option.values_url.empty()) return values_of_plugin(job, option, chosen, user, project_config);
  const auto url =
      model::expand_values_url(option.values_url, url_words(config_, job, option, chosen, user.user, project_config));
  const auto scheme = base::lower(url.substr(0, url.find(':')));
  if (scheme != "http" && scheme != "https" && scheme != "file") {
    return fail(ErrorKind::invalid, "Failed loading remote option values: Unsupported protocol: " + scheme);
  }
  const bool any_type = project_config.contains("project.jobs.disableRemoteOptionJsonCheck");
  const auto text =
      scheme == "file" ? read_values_file(model::split_url_settings(url).url) : fetch(option, url, any_type, user);
  if (!text) return fail(text.error().kind, "Failed loading remote option values: " + text.error().message);
  auto document = parse_json(*text, {.max_bytes = kMaxAnswer});
  if (!document) return fail(ErrorKind::invalid, "Failed parsing remote option values: " + document.error().message);
  if (const auto path = config_value(option, "jsonFilter"); !path.empty()) {
    auto part = model::json_path(*document, path);
    if (!part) return fail(ErrorKind::invalid, part.error().message);
    *document = std::move(*part);
  }
  return model::read_remote_values(*document, option.sort_values);
}

void RemoteOptions::fill_enforced(model::Job& job, const model::OptionValues& given, const vault::SecretUser& user,
                                  const std::map<std::string, std::string>& project_config) const {
  for (model::Option& option : job.options) {
    if (!option.enforced || !gives_values(option) || !option.values.empty()) continue;
    const auto chosen = given.find(option.name);
    if (chosen == given.end() && !option.value && !option.multivalue_all_selected) continue;
    model::OptionValues others = given;
    for (const model::Option& other : job.options) {
      if (other.value) others.try_emplace(other.name, *other.value);
    }
    const auto found = values(job, option, others, user, project_config);
    if (found) {
      for (const auto& value : *found) option.values.push_back(value.value);
    } else {
      base::log_warn("options", "job " + job.uuid + ", option " + option.name + ": any value is accepted. " +
                                    found.error().message);
    }
  }
}

}  // namespace qd::engine
