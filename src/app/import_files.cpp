// What of a peer's folder becomes files here, and keys.
#include <algorithm>
#include <fcntl.h>
#include <fstream>
#include <set>
#include <unistd.h>

#include "acl/policy_parse.hpp"
#include "app/config_keys.hpp"
#include "app/import_peer.hpp"
#include "base/json.hpp"
#include "base/properties.hpp"
#include "base/text.hpp"
#include "vault/key_types.hpp"
#include "vault/path.hpp"

namespace qd::app {
namespace {

namespace fs = std::filesystem;
constexpr std::uintmax_t kLargestPeerFile = 16u << 20;
// Where the peer keeps files of a kind, below its base folder and below /etc/rundeck.
const std::vector<std::string> kEtc{"etc", ""};
const std::vector<std::string> kServerConfig{"server/config", ""};

// Settings of the peer that say where its own data is, or who it is: taken over, they would lead us into its files.
bool is_of_its_own(std::string_view key) {
  static const std::set<std::string_view> known{
      "rdeck.base",          "framework.projects.dir",    "framework.etc.dir",      "framework.var.dir",
      "framework.tmp.dir",   "framework.logs.dir",        "framework.libext.dir",   "framework.ssh.keypath",
      "rundeck.server.uuid", "rundeck.log4j.config.file", "quarterdeck.realm.file", "java.security.auth.login.config"};
  return known.contains(key) || key.starts_with("dataSource.") || key.starts_with("server.ssl.") ||
         key.starts_with("server.port") || key.starts_with("server.address");
}

void append_lines(const fs::path& file, const std::string& lines) {
  std::error_code ignored;
  fs::create_directories(file.parent_path(), ignored);
  std::ofstream(file, std::ios::app) << lines;
}

std::set<std::string> keys_of(const fs::path& file) {
  std::set<std::string> keys;
  const auto text = read_peer_file(file);
  const auto entries = text ? base::parse_properties(*text) : fail(text.error());
  if (!entries) return keys;
  for (const auto& entry : *entries) keys.insert(entry.key);
  return keys;
}

// Takes the lines of these keys out of a file of ours, where each is one line.
void drop_lines(const fs::path& file, const std::map<std::string, std::string>& keys) {
  const auto text = read_peer_file(file);
  if (!text) return;
  std::string kept;
  for (const std::string& line : base::split(*text, '\n')) {
    const std::string key(base::trim(line.substr(0, line.find_first_of("=:"))));
    if (!keys.contains(key)) kept += line + "\n";
  }
  kept.pop_back();  // the file's last line break is no line
  std::ofstream(file, std::ios::trunc) << kept;
}

void take_settings(const fs::path& from, const fs::path& to, FreshDefaults& fresh, ImportReport& report) {
  const auto text = read_peer_file(from);
  const auto entries = text ? base::parse_properties(*text) : fail(text.error());
  if (!entries) return report.not_taken("settings", from.string(), entries.error().message);
  const auto present = keys_of(to);
  std::map<std::string, std::string> added;
  for (const auto& entry : *entries) {
    const bool framework = entry.key.starts_with("framework.") || entry.key.starts_with("project.") ||
                           entry.key.starts_with("resources.source.") || entry.key.starts_with("rundeck.storage.");
    const auto* known = find_config_key(entry.key);
    if (is_of_its_own(entry.key)) {
      report.not_taken("setting", entry.key, "says where Rundeck's own data is or how it is reached: decide it anew");
    } else if (present.contains(entry.key) && !fresh.settings.contains(entry.key)) {
      report.there_already("setting", entry.key);
    } else if ((known != nullptr && known->kind != ValueKind::ignored) || framework) {
      added[entry.key] = entry.value;
    } else {
      const std::string advice(advice_on_key(entry.key));
      const std::string nothing = "has no effect here" + (advice.empty() ? "" : ": " + advice);
      report.not_taken("setting", entry.key, known != nullptr ? std::string(known->meaning) : nothing);
    }
  }
  if (added.empty()) return;
  for (const auto& [key, value] : added) fresh.settings.erase(key);
  drop_lines(to, added);
  append_lines(to, "\n# From " + from.filename().string() + " of Rundeck\n" + base::write_properties(added));
  for (const auto& [key, value] : added) report.taken("setting", key, "in " + to.string());
}

void take_realm(const Config& config, const fs::path& from, FreshDefaults& fresh, ImportReport& report) {
  const auto text = read_peer_file(from);
  const auto entries = text ? base::parse_properties(*text) : fail(text.error());
  if (!entries) return report.not_taken("users", from.string(), entries.error().message);
  const auto& to = config.auth.realm_file;
  const auto present = keys_of(to);
  std::map<std::string, std::string> added;
  for (const auto& entry : *entries) {
    if (present.contains(entry.key) && !(fresh.admin && entry.key == "admin")) {
      report.there_already("user", entry.key, "his password and roles stay as they are");
    } else {
      added[entry.key] = entry.value;
    }
  }
  if (added.empty()) return;
  fresh.admin = fresh.admin && !added.contains("admin");
  drop_lines(to, added);
  append_lines(to, "\n" + base::write_properties(added));
  for (const auto& [user, secret] : added) report.taken("user", user);
}

// meta/keys/… beside content/keys/…: JSON of texts.
std::map<std::string, std::string> meta_of(const fs::path& file) {
  std::map<std::string, std::string> meta;
  const auto text = read_peer_file(file);
  const auto json = text ? parse_json(*text) : fail(text.error());
  if (!json || !json->is_object()) return meta;
  for (const auto& entry : json->get_object()) {
    if (auto value = scalar_text(entry.value())) meta[std::string(entry.key())] = std::move(*value);
  }
  return meta;
}

}  // namespace

FreshDefaults::FreshDefaults(const std::vector<fs::path>& files, bool admin_is_unknown) : admin(admin_is_unknown) {
  for (const auto& file : files) {
    if (file.extension() == ".aclpolicy") policies.insert(file);
    if (file.extension() != ".properties" || file.filename() == "realm.properties") continue;
    for (const auto& key : keys_of(file)) {
      if (!key.starts_with("framework.server.")) settings.insert(key);
    }
  }
}

std::vector<fs::path> peer_files(const fs::path& folder, const std::vector<std::string>& places,
                                 const std::string& ending) {
  std::set<fs::path> found;
  for (const auto& place : places) {
    std::error_code error;
    for (fs::directory_iterator next(folder / place, error), end; !error && next != end; next.increment(error)) {
      if (next->is_regular_file(error) && next->path().filename().string().ends_with(ending))
        found.insert(next->path());
    }
  }
  return {found.begin(), found.end()};
}

Result<std::string> read_peer_file(const fs::path& file) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  if (error) return fail(ErrorKind::not_found, file.string() + ": " + error.message());
  if (size > kLargestPeerFile) return fail(ErrorKind::too_large, file.string() + " is larger than 16 MiB");
  std::ifstream stream(file, std::ios::binary);
  std::string text(size, '\0');
  if (!stream.read(text.data(), static_cast<std::streamsize>(size)))
    return fail(ErrorKind::unavailable, file.string() + " cannot be read");
  return text;
}

Result<> write_new_peer_file(const fs::path& file, const std::string& text) {
  std::error_code error;
  fs::create_directories(file.parent_path(), error);
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd < 0)
    return fail(errno == EEXIST ? ErrorKind::conflict : ErrorKind::unavailable,
                file.string() + ": " + std::system_category().message(errno));
  ::close(fd);
  std::ofstream stream(file, std::ios::binary);
  stream << text;
  if (!stream.flush()) return fail(ErrorKind::unavailable, file.string() + " cannot be written");
  return {};
}

void import_settings(const Config& config, const fs::path& folder, FreshDefaults& fresh, ImportReport& report) {
  for (const auto& file : peer_files(folder, kEtc, "framework.properties")) {
    if (file.filename() == "framework.properties")
      take_settings(file, config.folders.etc / "framework.properties", fresh, report);
  }
  const auto target = config.folders.base / "server/config/rundeck-config.properties";
  for (const auto& file : peer_files(folder, kServerConfig, "rundeck-config.properties")) {
    if (file.filename() == "rundeck-config.properties") take_settings(file, target, fresh, report);
  }
  for (const auto& file : peer_files(folder, kServerConfig, ".groovy"))
    report.not_taken("settings", file.string(), "a Groovy file: write what it says as properties");
}

void import_logins(const Config& config, const fs::path& folder, FreshDefaults& fresh, ImportReport& report) {
  for (const auto& file : peer_files(folder, kServerConfig, "realm.properties")) {
    if (file.filename() == "realm.properties") take_realm(config, file, fresh, report);
  }
  for (const auto& file : peer_files(folder, kServerConfig, ".conf")) {
    const auto name = file.filename().string();
    if (!name.starts_with("jaas")) continue;
    const auto text = read_peer_file(file);
    const auto target = config.auth.realm_file.parent_path() / file.filename();
    const auto written = text ? write_new_peer_file(target, *text) : Result<>(fail(text.error()));
    if (written) {
      report.taken("logins", name,
                   name == config.auth.jaas_file_name ? "in use from the next start"
                                                      : "set loginmodule.conf.name=" + name + " to use it");
    } else if (written.error().kind == ErrorKind::conflict) {
      report.there_already("logins", name);
    } else {
      report.not_taken("logins", name, written.error().message);
    }
  }
}

void import_policies(const Config& config, const fs::path& folder, FreshDefaults& fresh, ImportReport& report) {
  for (const auto& file : peer_files(folder, kEtc, ".aclpolicy")) {
    const auto name = file.filename().string();
    const auto text = read_peer_file(file);
    if (!text) {
      report.not_taken("policy", name, text.error().message);
      continue;
    }
    const auto parsed = acl::parse_policies(*text, name);
    const auto target = config.folders.etc / name;
    if (std::error_code ignored; parsed.valid() && fresh.policies.erase(target) > 0) fs::remove(target, ignored);
    const auto written = write_new_peer_file(target, *text);
    if (!written && written.error().kind == ErrorKind::conflict) {
      report.there_already("policy", name);
    } else if (!written) {
      report.not_taken("policy", name, written.error().message);
    } else if (!parsed.valid()) {
      report.not_taken("policy", name, "it does not hold until this is right: " + parsed.flaws.front().errors.front());
    } else {
      report.taken("policy", name);
    }
  }
}

void import_key_files(const fs::path& folder, vault::Storage& keys, ImportReport& report) {
  for (const auto& root : {folder / "var/storage", folder / "storage", folder / "data/storage"}) {
    std::error_code error;
    const auto contents = root / "content";
    for (fs::recursive_directory_iterator next(contents / "keys", error), end; !error && next != end;
         next.increment(error)) {
      if (!next->is_regular_file(error)) continue;
      const auto name = fs::relative(next->path(), contents, error).string();
      const auto path = vault::clean_path(name);
      auto content = read_peer_file(next->path());
      if (!path || !content) {
        report.not_taken("key", name, path ? content.error().message : path.error().message);
        continue;
      }
      vault::Item item{.path = *path, .meta = meta_of(root / "meta" / name), .content = std::move(*content)};
      vault::add_key_meta(item.meta);
      const auto stored = keys.adopt(std::move(item));
      if (stored) {
        report.taken("key", *path);
      } else if (stored.error().kind == ErrorKind::conflict) {
        report.there_already("key", *path);
      } else {
        report.not_taken("key", *path, stored.error().message);
      }
    }
  }
}

}  // namespace qd::app
