#include "service/access_control.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sys/stat.h>

#include "base/logging.hpp"
#include "store/database.hpp"

namespace qd::service {
namespace {

namespace fs = std::filesystem;

constexpr UnixMillis kPoliciesAgainAfter = 500;
constexpr std::size_t kMaxRights = 1'000;
constexpr std::size_t kMaxFile = 4u << 20;
constexpr std::string_view kSuffix = ".aclpolicy";

// nullopt when the folder cannot be read at the moment; one that is not there is empty.
std::optional<std::vector<fs::path>> policy_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() == kSuffix) files.push_back(entry->path());
  }
  if (error && error != std::errc::no_such_file_or_directory) return std::nullopt;
  std::sort(files.begin(), files.end());
  return files;
}

std::string file_stamp(const fs::path& file) {
  struct stat info {};
  if (stat(file.c_str(), &info) != 0) return "missing";
  return std::to_string(info.st_ino) + ":" + std::to_string(info.st_size) + ":" + std::to_string(info.st_mtim.tv_sec) +
         "." + std::to_string(info.st_mtim.tv_nsec);
}

std::string stamp_of_all(const std::vector<fs::path>& files) {
  std::string stamp;
  for (const fs::path& file : files) stamp += file.string() + "=" + file_stamp(file) + "\n";
  return stamp;
}

acl::Policies keep_valid(const std::string& where, acl::ParsedPolicies parsed) {
  for (const acl::PolicyFlaws& flaws : parsed.flaws) {
    for (const std::string& error : flaws.errors)
      base::log_error("acl", where + ": " + flaws.policy + " does not count: " + error);
  }
  acl::Policies policies;
  for (acl::Policy& policy : parsed.policies)
    policies.push_back(std::make_shared<const acl::Policy>(std::move(policy)));
  return policies;
}

acl::Policies read_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text(kMaxFile + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
  if (!in.eof() || in.bad() || text.size() > kMaxFile) {
    base::log_error("acl", file.string() + " does not count: it cannot be read, or is larger than 4 MiB");
    return {};
  }
  return keep_valid(file.string(), acl::parse_policies(text, file.string()));
}

std::string subject_key(const acl::Subject& subject) {
  auto groups = subject.groups;
  std::sort(groups.begin(), groups.end());
  std::string key = subject.user + '\0' + subject.urn;
  for (const std::string& group : groups) key += '\0' + group;
  return key;
}

std::string source_name(const std::string& project, const std::string& name) {
  return (project.empty() ? "[system:config]" : "[project:" + project + "]") + name;
}

}  // namespace

AccessControl::AccessControl(store::AclStore& policies, fs::path folder, const Clock& clock)
    : store_(policies), folder_(std::move(folder)), clock_(clock) {}
AccessControl::~AccessControl() = default;

AccessControl::Sources AccessControl::read_files(const std::vector<fs::path>& files, const Sources& known) {
  Sources sources;
  for (const fs::path& file : files) {
    const std::string path = file.string(), stamp = file_stamp(file);
    const auto kept = known.find(path);
    const bool same = kept != known.end() && kept->second.stamp == stamp;
    sources.emplace(path, same ? kept->second : Source{stamp, read_file(file)});
  }
  return sources;
}

AccessControl::Sources AccessControl::read_stored(const std::vector<store::AclText>& texts, const Sources& known) {
  Sources sources;
  for (const store::AclText& text : texts) {
    const std::string name = source_name(text.project, text.name);
    const auto kept = known.find(name);
    const bool same = kept != known.end() && kept->second.stamp == text.content;
    sources.emplace(
        name,
        same ? kept->second
             : Source{text.content, keep_valid("the database", acl::parse_policies(text.content, name, text.project))});
  }
  return sources;
}

std::shared_ptr<const acl::Policies> AccessControl::joined(const Sources& files, const Sources& stored) {
  auto all = std::make_shared<acl::Policies>();
  for (const Sources* sources : {&files, &stored}) {
    for (const auto& [name, source] : *sources) all->insert(all->end(), source.policies.begin(), source.policies.end());
  }
  return all;
}

// The version is read before the texts: a change in between is then read twice, and never missed.
void AccessControl::look_again() {
  reading_.with([&](int&) {
    auto [version, files_stamp, files, stored] = state_.with(
        [](State& state) { return std::tuple(state.version, state.files_stamp, state.files, state.stored); });
    const std::int64_t version_now = store_.version();
    const auto paths = policy_files(folder_);
    if (!paths) base::log_error("acl", folder_.string() + " cannot be read; its policies stay as they were");
    const std::string stamp_now = paths ? stamp_of_all(*paths) : files_stamp;
    const bool changed = version_now != version || stamp_now != files_stamp;
    if (version_now != version) stored = read_stored(store_.all(), stored);
    if (stamp_now != files_stamp) files = read_files(*paths, files);
    auto policies = changed ? joined(files, stored) : nullptr;
    state_.with([&, files = std::move(files), stored = std::move(stored)](State& state) mutable {
      state.checked = clock_.now();
      if (!changed) return;
      state.version = version_now;
      state.files_stamp = stamp_now;
      state.files = std::move(files);
      state.stored = std::move(stored);
      state.policies = std::move(policies);
      state.known.clear();
      state.recent.clear();
    });
  });
}

void AccessControl::look_now() {
  look_again();
}

std::shared_ptr<const acl::Policies> AccessControl::policies() {
  const auto [known, checked] = state_.with([](State& state) { return std::pair(state.policies, state.checked); });
  // A clock that was set back must not keep an old answer.
  if (known && std::abs(clock_.now() - checked) < kPoliciesAgainAfter) return known;
  try {
    look_again();
  } catch (const store::DatabaseError&) {
    if (!known) throw;  // else what was known goes on to hold
  }
  return state_.with([](State& state) { return state.policies; });
}

std::shared_ptr<const acl::Rights> AccessControl::rights_of(const acl::Subject& subject) {
  const auto now = policies();
  const std::string key = subject_key(subject);
  auto known = state_.with([&](State& state) -> std::shared_ptr<const acl::Rights> {
    const auto found = state.known.find(key);
    if (found == state.known.end()) return nullptr;
    state.recent.splice(state.recent.begin(), state.recent, found->second);
    return *found->second;
  });
  if (known) return known;
  auto fresh = std::make_shared<const acl::Rights>(now, subject);
  state_.with([&](State& state) {
    if (state.policies != now || state.known.contains(key)) return;
    state.recent.push_front(fresh);
    state.known.emplace(key, state.recent.begin());
    if (state.known.size() <= kMaxRights) return;
    state.known.erase(subject_key(state.recent.back()->subject()));
    state.recent.pop_back();
  });
  return fresh;
}

std::shared_ptr<const acl::Policies> AccessControl::policies_with(const std::string& project, const std::string& name,
                                                                  const acl::ParsedPolicies& parsed) {
  policies();
  auto [files, stored] = state_.with([](State& state) { return std::pair(state.files, state.stored); });
  Source source;
  for (const acl::Policy& policy : parsed.policies)
    source.policies.push_back(std::make_shared<const acl::Policy>(policy));
  stored.insert_or_assign(source_name(project, name), std::move(source));
  return joined(files, stored);
}

}  // namespace qd::service
