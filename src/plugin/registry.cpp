#include "plugin/registry.hpp"

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "base/id.hpp"
#include "base/logging.hpp"
#include "base/text.hpp"
#include "plugin/archive.hpp"

namespace qd::plugin {

namespace {

namespace fs = std::filesystem;
constexpr std::size_t kMaxArtifacts = 1'000;
constexpr std::uintmax_t kMaxManifest = 1u << 20;
constexpr const char* kManifest = "plugin.yaml";
constexpr std::string_view kZipEnd = "-plugin.zip";

std::string time_of(const fs::path& path) {
  std::error_code error;
  const auto time = fs::last_write_time(path, error);
  return error ? "-" : std::to_string(time.time_since_epoch().count());
}

std::string size_of(const fs::path& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  return error ? "-" : std::to_string(size);
}

Result<std::string> read_manifest(const fs::path& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error) return fail(ErrorKind::not_found, "there is no plugin.yaml in it");
  if (size > kMaxManifest) return fail(ErrorKind::too_large, "plugin.yaml is larger than 1 MiB");
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return fail(ErrorKind::unavailable, "plugin.yaml cannot be read");
  return text.str();
}

// Interpreters may want to run the file itself.
void make_executable(const fs::path& script) {
  std::error_code error;
  const auto all = fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec;
  if ((fs::status(script, error).permissions() & fs::perms::owner_exec) != fs::perms::none) return;
  fs::permissions(script, all, fs::perm_options::add, error);
}

std::string contents_of(const fs::path& root) {
  return (root / "contents").string();
}

}  // namespace

int compare_versions(const std::string& a, const std::string& b) {
  const auto left = base::split(a, '.'), right = base::split(b, '.');
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    const auto one = i < left.size() ? left[i] : "0", other = i < right.size() ? right[i] : "0";
    const auto x = base::parse_int(one), y = base::parse_int(other);
    if (x && y && *x != *y) return *x < *y ? -1 : 1;
    if ((!x || !y) && one != other) return one < other ? -1 : 1;
  }
  return 0;
}

Registry::Registry(std::string folder, std::string cache, Millis look_every)
    : folder_(std::move(folder)),
      cache_(std::move(cache)),
      look_every_(look_every),
      known_(std::make_shared<const Known>()) {}

Registry::~Registry() {
  stop();
}

void Registry::start() {
  clear_cache();
  refresh();
  const std::lock_guard lock(mutex_);
  if (thread_.joinable()) return;
  stopping_ = false;
  thread_ = std::thread([this] { run(); });
}

void Registry::stop() noexcept {
  std::thread ending;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    stopped_.notify_all();
    ending = std::move(thread_);
  }
  if (ending.joinable()) ending.join();
}

void Registry::run() {
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      if (stopped_.wait_for(lock, look_every_, [this] { return stopping_; })) return;
    }
    refresh();
  }
}

// What earlier starts unpacked.
void Registry::clear_cache() const {
  std::error_code error;
  fs::remove_all(cache_, error);
}

void Registry::refresh() {
  const std::lock_guard lock(looking_);
  std::map<std::string, Artifact> now;
  bool changed = false;
  std::error_code error;
  for (fs::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
    const auto& entry = *at;
    const auto name = entry.path().filename().string();
    const auto path = entry.path().string();
    std::error_code ignored;
    if (name.starts_with('.') || now.size() == kMaxArtifacts) continue;
    const bool folder = entry.is_directory(ignored) && fs::exists(entry.path() / kManifest, ignored);
    const bool archive = !folder && entry.is_regular_file(ignored) && name.ends_with(".zip");
    if (!folder && !archive) continue;
    const auto stamp = folder ? time_of(entry.path() / kManifest) + "/" + size_of(entry.path() / kManifest) + "/" +
                                    time_of(contents_of(entry.path()))
                              : time_of(entry.path()) + "/" + size_of(entry.path());
    const auto before = artifacts_.find(path);
    if (before != artifacts_.end() && before->second.stamp == stamp) {
      now.insert(artifacts_.extract(before));
      continue;
    }
    now.emplace(path, load(path, archive, stamp));
    changed = true;
  }
  changed = changed || !artifacts_.empty();
  artifacts_ = std::move(now);
  if (changed) publish(artifacts_);
}

Result<std::string> Registry::unpacked(const std::string& path, const std::string& stamp) const {
  const auto name = fs::path(path).filename().string();
  if (!name.ends_with(kZipEnd))
    return fail(ErrorKind::invalid, "the file's name must end with " + std::string(kZipEnd));
  const auto inner = name.substr(0, name.size() - 4);
  const fs::path place = fs::path(cache_) / (inner + "-" + base::sha256_hex(path + stamp).substr(0, 12));
  std::error_code error;
  if (fs::exists(place / inner / kManifest, error)) return (place / inner).string();
  const fs::path fresh = fs::path(cache_) / (".new-" + base::new_uuid());
  fs::create_directories(fresh, error);
  if (error) return fail(ErrorKind::unavailable, "'" + fresh.string() + "' cannot be made: " + error.message());
  auto done = unpack(path, fresh.string());
  if (done && !fs::exists(fresh / inner / kManifest, error)) {
    done = fail(ErrorKind::invalid, "there is no " + inner + "/plugin.yaml in it");
  }
  if (done) {
    fs::remove_all(place, error);
    fs::rename(fresh, place, error);
    if (error) done = fail(ErrorKind::unavailable, "'" + place.string() + "' cannot be made: " + error.message());
  }
  if (!done) {
    fs::remove_all(fresh, error);
    return fail(done.error());
  }
  return (place / inner).string();
}

Registry::Artifact Registry::load(const std::string& path, bool archive, std::string stamp) const {
  Artifact artifact;
  artifact.stamp = std::move(stamp);
  const auto trouble = [&](const std::string& message) { artifact.troubles.push_back({path, message}); };
  auto root = archive ? unpacked(path, artifact.stamp) : Result<std::string>(path);
  const auto text = root ? read_manifest(fs::path(*root) / kManifest) : Result<std::string>(fail(root.error()));
  if (!text) return trouble(text.error().message), artifact;
  auto manifest = parse_manifest(*text);
  if (!manifest) return trouble("plugin.yaml: " + manifest.error().message), artifact;
  for (const auto& why : manifest->left_out) trouble("plugin.yaml: " + why);
  for (auto& provider : manifest->providers) {
    auto installed = std::make_shared<Installed>();
    installed->artifact = manifest->name;
    installed->version = manifest->version;
    installed->author = manifest->author;
    installed->date = manifest->date;
    installed->url = manifest->url;
    installed->path = path;
    installed->contents = contents_of(*root);
    installed->provider = std::move(provider);
    std::error_code error;
    if (!fs::is_regular_file(installed->script(), error)) {
      trouble("provider '" + installed->provider.name + "': there is no file contents/" + installed->provider.file);
      continue;
    }
    make_executable(installed->script());
    artifact.providers.push_back(std::move(installed));
  }
  return artifact;
}

void Registry::publish(const std::map<std::string, Artifact>& artifacts) {
  auto known = std::make_shared<Known>();
  for (const auto& [path, artifact] : artifacts) {
    for (const auto& one : artifact.providers) {
      auto& place = known->providers[{one->provider.service, one->provider.name}];
      if (place == nullptr || compare_versions(place->version, one->version) < 0) place = one;
    }
    known->troubles.insert(known->troubles.end(), artifact.troubles.begin(), artifact.troubles.end());
  }
  const auto before = known_.with([](const auto& now) { return now; });
  for (const auto& [key, one] : known->providers) {
    if (before->providers.contains(key) && before->providers.at(key) == one) continue;
    base::log_info("plugin", one->provider.service + " '" + one->provider.name + "', version " + one->version +
                                 ", is " + (before->providers.contains(key) ? "loaded anew" : "there") + ": " +
                                 one->path);
  }
  for (const auto& [key, one] : before->providers) {
    if (!known->providers.contains(key)) base::log_info("plugin", key.first + " '" + key.second + "' is gone");
  }
  std::set<std::string> told;
  for (const auto& trouble : before->troubles) told.insert(trouble.path + trouble.message);
  for (const auto& trouble : known->troubles) {
    if (!told.contains(trouble.path + trouble.message)) {
      base::log_warn("plugin", trouble.path + " is not used: " + trouble.message);
    }
  }
  known_.with([&](auto& now) { now = std::move(known); });
}

InstalledPtr Registry::find(const std::string& service, const std::string& name) const {
  const auto known = known_.with([](const auto& now) { return now; });
  const auto found = known->providers.find({service, name});
  return found == known->providers.end() ? nullptr : found->second;
}

InstalledPtr Registry::find_now(const std::string& service, const std::string& name) {
  if (auto found = find(service, name)) return found;
  refresh();
  return find(service, name);
}

std::vector<InstalledPtr> Registry::list() const {
  const auto known = known_.with([](const auto& now) { return now; });
  std::vector<InstalledPtr> all;
  for (const auto& [key, one] : known->providers) all.push_back(one);
  return all;
}

std::vector<std::string> Registry::names(const std::string& service) const {
  std::vector<std::string> names;
  for (const auto& one : list()) {
    if (one->provider.service == service) names.push_back(one->provider.name);
  }
  return names;
}

std::vector<Trouble> Registry::troubles() const {
  return known_.with([](const auto& now) { return now; })->troubles;
}

}  // namespace qd::plugin
