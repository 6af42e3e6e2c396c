#include "vault/storage.hpp"

#include <algorithm>
#include <map>

#include "vault/path.hpp"

namespace qd::vault {
namespace {

constexpr std::size_t kMostFailures = 100;
constexpr std::size_t kWalk = 200;
constexpr std::string_view kConverterFlag = "-encryption:encrypted";  // in the metadata, after the converter's name

bool applies(const ConverterRule& rule, const Item& item) {
  return is_within(item.path, rule.path) && rule.selector.takes(item.meta);
}

Error about(const std::string& path, Error error) {
  error.message = path + ": " + error.message;
  return error;
}

Entry entry_of(const Item& item) {
  return {item.path, false, item.meta};
}

}  // namespace

Storage::Storage(std::vector<Mount> mounts, std::vector<ConverterRule> rules, std::unique_ptr<Sealer> sealer,
                 const Clock& clock)
    : mounts_(std::move(mounts)), rules_(std::move(rules)), sealer_(std::move(sealer)), clock_(clock) {
  std::stable_sort(mounts_.begin(), mounts_.end(),
                   [](const Mount& a, const Mount& b) { return a.path.size() > b.path.size(); });
}

const Mount& Storage::mount_of(const std::string& path) const {
  return *std::find_if(mounts_.begin(), mounts_.end(), [&](const Mount& one) { return is_within(path, one.path); });
}

std::string Storage::inner(const Mount& mount, const std::string& path) {
  if (!mount.strips || mount.path.empty()) return path;
  return path.size() > mount.path.size() ? path.substr(mount.path.size() + 1) : std::string();
}

std::string Storage::outer(const Mount& mount, const std::string& path) {
  return mount.strips ? joined_path(mount.path, path) : path;
}

Result<std::optional<Item>> Storage::fetch(const std::string& path) {
  const Mount& mount = mount_of(path);
  auto item = mount.provider->find(inner(mount, path));
  if (item && *item) (*item)->path = path;
  return item;
}

Result<std::optional<Entry>> Storage::look(const std::string& path) {
  auto item = fetch(path);
  if (!item) return fail(item.error());
  if (*item) return entry_of(**item);
  const bool above_mount =
      std::any_of(mounts_.begin(), mounts_.end(), [&](const Mount& mount) { return is_within(mount.path, path); });
  if (above_mount) return Entry{path, true, {}};
  const Mount& mount = mount_of(path);
  auto folder = mount.provider->has_folder(inner(mount, path));
  if (!folder) return fail(folder.error());
  if (!*folder) return std::nullopt;
  return Entry{path, true, {}};
}

Result<std::vector<Entry>> Storage::list(const std::string& folder) {
  const Mount& mount = mount_of(folder);
  auto inside = mount.provider->list(inner(mount, folder));
  if (!inside) return inside;
  std::map<std::string, Entry> entries;
  for (auto& entry : *inside) {
    entry.path = outer(mount, entry.path);
    if (&mount_of(entry.path) == &mount) entries.emplace(entry.path, std::move(entry));
  }
  const std::size_t start = folder.empty() ? 0 : folder.size() + 1;
  for (const Mount& other : mounts_) {
    if (other.path == folder || !is_within(other.path, folder)) continue;
    const std::string path = other.path.substr(0, other.path.find('/', start));
    entries[path] = {path, true, {}};
  }
  std::vector<Entry> all;
  for (auto& [path, entry] : entries) all.push_back(std::move(entry));
  return all;
}

Result<std::optional<Item>> Storage::read(const std::string& path) {
  auto item = fetch(path);
  if (!item || !*item) return item;
  auto content = opened(**item, mount_of(path));
  if (!content) return fail(about(path, content.error()));
  (*item)->content = std::move(*content);
  return item;
}

// As the provider gets it: the last converter first, so that reading takes them in the order of their declaration.
Result<Item> Storage::closed(const Item& item) {
  Item stored = item;
  bool done = false;
  for (auto rule = rules_.rbegin(); rule != rules_.rend(); ++rule) {
    if (rule->only_opens || !applies(*rule, stored)) continue;
    auto content = rule->converter->close(stored);
    if (!content) return fail(content.error());
    stored.content = std::move(*content);
    done = true;
  }
  if (!done) {
    auto content = sealer_->close(stored);
    if (!content) return fail(content.error());
    stored.content = std::move(*content);
  }
  const Mount& mount = mount_of(item.path);
  stored.path = inner(mount, item.path);
  return stored;
}

Result<std::string> Storage::opened(const Item& item, const Mount& mount) {
  Item open = item;
  bool done = sealer_->closed(open);
  if (done) {
    auto content = sealer_->open(open);
    if (!content) return content;
    open.content = std::move(*content);
  }
  for (const ConverterRule& rule : rules_) {
    if (!applies(rule, open) || !rule.converter->closed(open)) continue;
    auto content = rule.converter->open(open);
    if (!content) return content;
    open.content = std::move(*content);
    done = true;
  }
  if (done || !mount.provider->only_sealed()) return std::move(open.content);
  return fail(ErrorKind::unavailable,
              "its content is not encrypted in a way that this member knows, and so was not written by it; if a "
              "converter wrote it, configure that");
}

Result<bool> Storage::is_fresh(const Item& item) {
  bool closed_by_rule = false;
  for (const ConverterRule& rule : rules_) {
    if (!applies(rule, item)) continue;
    if (rule.only_opens && rule.converter->closed(item)) return false;
    if (rule.only_opens) continue;
    closed_by_rule = true;
    auto fresh = rule.converter->fresh(item);
    if (!fresh || !*fresh) return fresh;
  }
  return closed_by_rule ? Result<bool>(!sealer_->closed(item)) : sealer_->fresh(item);
}

Result<Entry> Storage::create(Item item) {
  item.meta[meta::kCreated] = item.meta[meta::kModified] = iso8601(clock_.now());
  return store(std::move(item));
}

Result<Entry> Storage::store(Item item) {
  for (auto folder = parent_of(item.path); !folder.empty(); folder = parent_of(folder)) {
    const auto above = fetch(std::string(folder));
    if (!above) return fail(above.error());
    if (*above) {
      return fail(ErrorKind::conflict, "there is a file at " + std::string(folder) + ", which cannot be a folder too");
    }
  }
  item.meta[meta::kSize] = std::to_string(item.content.size());
  auto stored = closed(item);
  if (!stored) return fail(about(item.path, stored.error()));
  const auto created = mount_of(item.path).provider->create(*stored);
  if (!created) return fail(about(item.path, created.error()));
  if (!*created) return fail(ErrorKind::conflict, "resource already exists: " + item.path);
  return entry_of(item);
}

Result<Entry> Storage::adopt(Item item) {
  bool opened = false;
  for (const ConverterRule& rule : rules_) {
    if (!applies(rule, item) || !rule.converter->closed(item)) continue;
    auto content = rule.converter->open(item);
    if (!content) return fail(content.error());
    item.content = std::move(*content);
    opened = true;
  }
  for (const auto& [key, value] : item.meta) {
    if (!opened && key.ends_with(kConverterFlag) && value == "true") {
      return fail(ErrorKind::invalid, "it was encrypted by " + key.substr(0, key.find(':')) +
                                          ": configure that converter, with the same settings");
    }
  }
  std::erase_if(item.meta, [](const auto& entry) { return entry.first.ends_with(kConverterFlag); });
  return store(std::move(item));
}

Result<Entry> Storage::replace(Item item) {
  const auto before = fetch(item.path);
  if (!before) return fail(before.error());
  if (!*before) return fail(ErrorKind::not_found, "resource not found: " + item.path);
  for (const char* kept : {meta::kCreated, meta::kCreatedBy}) {
    const auto found = (*before)->meta.find(kept);
    if (found != (*before)->meta.end()) item.meta[kept] = found->second;
  }
  item.meta[meta::kModified] = iso8601(clock_.now());
  item.meta[meta::kSize] = std::to_string(item.content.size());
  item.version.clear();
  auto stored = closed(item);
  if (!stored) return fail(about(item.path, stored.error()));
  const auto replaced = mount_of(item.path).provider->replace(*stored);
  if (!replaced) return fail(about(item.path, replaced.error()));
  if (!*replaced) return fail(ErrorKind::not_found, "resource not found: " + item.path);
  return entry_of(item);
}

Result<bool> Storage::remove(const std::string& path) {
  const Mount& mount = mount_of(path);
  return mount.provider->remove(inner(mount, path));
}

Result<> Storage::reseal_one(const Mount& mount, const std::string& path, ResealReport& report) {
  auto item = fetch(path);
  if (!item) return fail(item.error());
  if (!*item) return {};  // deleted meanwhile
  ++report.checked;
  const auto fresh = is_fresh(**item);
  if (!fresh) return fail(fresh.error());
  if (*fresh) return {};
  auto content = opened(**item, mount);
  if (!content) return fail(content.error());
  (*item)->content = std::move(*content);
  std::erase_if((*item)->meta, [](const auto& entry) { return entry.first.ends_with(kConverterFlag); });
  auto stored = closed(**item);
  if (!stored) return fail(stored.error());
  const auto replaced = mount.provider->replace(*stored);
  if (!replaced) return fail(replaced.error());
  if (*replaced) ++report.changed;
  return {};
}

Result<ResealReport> Storage::reseal() {
  ResealReport report;
  for (const Mount& mount : mounts_) {
    std::string after;
    for (;;) {
      const auto paths = mount.provider->paths_after(after, kWalk);
      if (!paths) return fail(paths.error());
      if (paths->empty()) break;
      after = paths->back();
      for (const auto& inside : *paths) {
        const auto path = outer(mount, inside);
        if (&mount_of(path) != &mount) continue;
        const auto done = reseal_one(mount, path, report);
        if (!done && report.failures.size() < kMostFailures) {
          report.failures.push_back(path + ": " + done.error().message);
        }
      }
    }
  }
  return report;
}

}  // namespace qd::vault
