#include "logstore/filesystem_store.hpp"

#include <filesystem>
#include <system_error>

#include "base/id.hpp"
#include "logstore/file_bytes.hpp"
#include "logstore/path_template.hpp"

namespace qd::logstore {
namespace {

namespace fs = std::filesystem;

class FilesystemStore final : public LogStore {
 public:
  explicit FilesystemStore(fs::path root) : root_(std::move(root)) {}

  Result<> put(const std::string& key, const Body& body, const Metadata&, const Progress& progress) override {
    const auto target = place(key);
    if (!target) return fail(target.error());
    std::error_code made;
    fs::create_directories(target->parent_path(), made);
    if (made) return failure("cannot make the folder " + target->parent_path().string(), made);
    const fs::path temporary = target->parent_path() / ("." + target->filename().string() + "." + base::new_uuid());
    auto written = write_body(body, temporary.string(), progress);
    if (written) written = rename(temporary, *target);
    if (!written) {
      std::error_code ignored;
      fs::remove(temporary, ignored);
    }
    return written;
  }

  Result<bool> get(const std::string& key, const std::string& path, const Progress& progress) override {
    const auto found = find(key);
    if (!found) return fail(found.error());
    if (!*found) return false;
    const auto source = place(key);
    auto written = write_body(Body::of_file(source->string(), 0, (*found)->size), path, progress);
    if (!written) return fail(written.error());
    return true;
  }

  Result<std::optional<Stored>> find(const std::string& key) override {
    const auto target = place(key);
    if (!target) return fail(target.error());
    std::error_code error;
    const auto size = fs::file_size(*target, error);
    if (!error) return std::optional<Stored>(Stored{static_cast<std::int64_t>(size), {}});
    if (error == std::errc::no_such_file_or_directory) {
      if (fs::is_directory(root_, error)) return std::optional<Stored>();
      return failure("the folder " + root_.string() + " cannot be reached", error);
    }
    return failure("cannot read " + target->string(), error);
  }

  Result<> remove(const std::string& key) override {
    const auto target = place(key);
    if (!target) return fail(target.error());
    std::error_code error;
    fs::remove(*target, error);
    if (error) return failure("cannot remove " + target->string(), error);
    return {};
  }

 private:
  Result<fs::path> place(const std::string& key) const {
    if (auto checked = check_key(key); !checked) return fail(checked.error());
    return root_ / key;
  }

  Result<> rename(const fs::path& from, const fs::path& to) const {
    std::error_code error;
    fs::rename(from, to, error);
    if (error) return failure("cannot rename " + from.string() + " to " + to.filename().string(), error);
    return sync_folder(to.parent_path().string());
  }

  static tl::unexpected<Error> failure(const std::string& what, const std::error_code& error) {
    return fail(ErrorKind::unavailable,
                "Log store filesystem: " + what + (error ? ": " + error.message() : std::string()));
  }

  const fs::path root_;
};

}  // namespace

Result<std::shared_ptr<LogStore>> open_filesystem_store(const Settings& settings) {
  const fs::path directory = setting_or(settings, "directory");
  if (!directory.is_absolute()) {
    return fail(ErrorKind::invalid, "directory: '" + directory.string() +
                                        "': expected the absolute path of a folder that all members share");
  }
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) {
    return fail(ErrorKind::unavailable,
                "directory: cannot make the folder " + directory.string() + ": " + error.message());
  }
  return std::shared_ptr<LogStore>(std::make_shared<FilesystemStore>(directory));
}

}  // namespace qd::logstore
