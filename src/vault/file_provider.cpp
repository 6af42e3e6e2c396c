#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sys/stat.h>
#include <unistd.h>

#include "base/id.hpp"
#include "base/json.hpp"
#include "vault/path.hpp"
#include "vault/provider.hpp"

namespace qd::vault {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestFile = 64u << 20;
constexpr std::size_t kMostEntries = 10'000;

tl::unexpected<Error> broken(const std::string& what, const fs::path& path, const std::string& why) {
  return fail(ErrorKind::unavailable, what + " " + path.string() + ": " + why);
}

Result<std::optional<std::string>> read_file(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return std::nullopt;
  const auto size = fs::file_size(path, error);
  if (error) return broken("Cannot read", path, error.message());
  if (size > kLargestFile) return broken("Cannot read", path, "it is larger than 64 MiB");
  std::ifstream file(path, std::ios::binary);
  std::string text(size, '\0');
  if (!file.read(text.data(), static_cast<std::streamsize>(size))) {
    return broken("Cannot read", path, std::strerror(errno));
  }
  return text;
}

Result<> make_folders(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) return {};
  if (const auto parent = path.parent_path(); !parent.empty() && parent != path) {
    if (auto made = make_folders(parent); !made) return made;
  }
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return broken("Cannot make", path, std::strerror(errno));
  return {};
}

// The whole file or nothing of it, readable by this user only.
Result<> write_file(const fs::path& target, const fs::path& temporary, const std::string& text) {
  if (auto made = make_folders(target.parent_path()); !made) return made;
  if (auto made = make_folders(temporary.parent_path()); !made) return made;
  const int file = open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return broken("Cannot write", temporary, std::strerror(errno));
  std::size_t written = 0;
  bool good = true;
  while (good && written < text.size()) {
    const auto count = write(file, text.data() + written, text.size() - written);
    good = count > 0;
    if (good) written += static_cast<std::size_t>(count);
  }
  good = good && fsync(file) == 0;
  good = close(file) == 0 && good;
  good = good && rename(temporary.c_str(), target.c_str()) == 0;
  if (good) return {};
  auto failure = broken("Cannot write", target, std::strerror(errno));
  unlink(temporary.c_str());
  return failure;
}

class FileProvider final : public Provider {
 public:
  explicit FileProvider(fs::path root) : root_(std::move(root)) {}

  Result<std::optional<Item>> find(const std::string& path) override {
    const std::lock_guard lock(mutex_);
    return read(path);
  }

  Result<bool> has_folder(const std::string& path) override {
    std::error_code error;
    return path.empty() || fs::is_directory(content(path), error);
  }

  Result<std::vector<Entry>> list(const std::string& folder) override {
    const std::lock_guard lock(mutex_);
    std::vector<Entry> entries;
    std::error_code error;
    for (fs::directory_iterator each(content(folder), error), end; !error && each != end; each.increment(error)) {
      const auto path = clean_path(joined_path(folder, each->path().filename().string()));
      if (!path || entries.size() >= kMostEntries) continue;
      Entry entry{*path, each->is_directory(error), {}};
      if (!entry.folder) {
        auto meta = read_meta(*path);
        if (!meta) return fail(meta.error());
        entry.meta = std::move(*meta);
      }
      entries.push_back(std::move(entry));
    }
    if (error && error != std::errc::no_such_file_or_directory && error != std::errc::not_a_directory) {
      return broken("Cannot list", content(folder), error.message());
    }
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.path < b.path; });
    return entries;
  }

  Result<bool> create(const Item& item) override {
    const std::lock_guard lock(mutex_);
    std::error_code error;
    if (fs::exists(content(item.path), error)) return false;
    if (auto written = write(item); !written) return fail(written.error());
    return true;
  }

  Result<bool> replace(const Item& item) override {
    const std::lock_guard lock(mutex_);
    auto found = read(item.path);
    if (!found) return fail(found.error());
    if (!*found || (!item.version.empty() && (*found)->version != item.version)) return false;
    if (auto written = write(item); !written) return fail(written.error());
    return true;
  }

  Result<bool> remove(const std::string& path) override {
    const std::lock_guard lock(mutex_);
    std::error_code error;
    if (!fs::is_regular_file(content(path), error)) return false;
    if (!fs::remove(content(path), error)) return broken("Cannot delete", content(path), error.message());
    fs::remove(meta_file(path), error);
    for (auto folder = parent_of(path); !folder.empty(); folder = parent_of(folder)) {
      fs::remove(meta_file(folder), error);
      if (!fs::remove(content(folder), error)) break;  // something else is in it
    }
    return true;
  }

  Result<std::vector<std::string>> paths_after(const std::string& after, std::size_t max) override {
    std::vector<std::string> paths;
    std::error_code error;
    for (fs::recursive_directory_iterator each(root_ / "content", error), end; !error && each != end;
         each.increment(error)) {
      if (!each->is_regular_file(error)) continue;
      const auto path = clean_path(fs::relative(each->path(), root_ / "content", error).generic_string());
      if (path && *path > after) paths.push_back(*path);
    }
    if (error) return broken("Cannot list", root_, error.message());
    std::sort(paths.begin(), paths.end());
    if (paths.size() > max) paths.resize(max);
    return paths;
  }

  // Files of the peer may be there, which it did not seal.
  bool only_sealed() const override { return false; }

 private:
  fs::path content(std::string_view path) const { return root_ / "content" / path; }
  fs::path meta_file(std::string_view path) const { return root_ / "meta" / path; }

  Result<Meta> read_meta(const std::string& path) {
    const auto text = read_file(meta_file(path));
    if (!text) return fail(text.error());
    Meta meta;
    if (!*text) return meta;
    const auto json = parse_json(**text);
    if (!json || !json->is_object()) return broken("Cannot read", meta_file(path), "it is no JSON object");
    for (const auto& [key, value] : json->get_object()) meta[std::string(key)] = scalar_text(value).value_or("");
    return meta;
  }

  Result<std::optional<Item>> read(const std::string& path) {
    auto text = read_file(content(path));
    if (!text) return fail(text.error());
    if (!*text) return std::nullopt;
    auto meta = read_meta(path);
    if (!meta) return fail(meta.error());
    std::string version = base::sha256_hex(**text);
    return Item{path, std::move(*meta), std::move(**text), std::move(version)};
  }

  Result<> write(const Item& item) {
    JsonObject meta;
    for (const auto& [key, value] : item.meta) meta[key] = value;
    const auto temporary = root_ / "tmp" / base::new_uuid();
    if (auto written = write_file(meta_file(item.path), temporary, boost::json::serialize(meta)); !written) {
      return written;
    }
    return write_file(content(item.path), temporary, item.content);
  }

  fs::path root_;
  std::mutex mutex_;  // content and metadata are two files
};

}  // namespace

Result<std::unique_ptr<Provider>> make_file_provider(const std::string& folder) {
  const fs::path root(folder);
  for (const char* part : {"content", "meta"}) {
    if (auto made = make_folders(root / part); !made) return fail(made.error());
  }
  return std::make_unique<FileProvider>(root);
}

}  // namespace qd::vault
