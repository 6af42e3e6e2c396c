#include "app/base_folder.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "app/base_folder_files.hpp"
#include "auth/password.hpp"
#include "base/id.hpp"
#include "base/text.hpp"

namespace qd::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t generated_password_length = 16;
constexpr mode_t for_everybody = 0755;
constexpr mode_t for_owner = 0700;

tl::unexpected<Error> cannot(const std::string& what, const fs::path& path) {
  return fail(ErrorKind::invalid, path.string() + ": cannot " + what + " (" + std::strerror(errno) +
                                      "). Check that this user may write there.");
}

// Makes `folder` and what is missing above it; the mode is for the folders that it makes.
Result<> make_folder(const fs::path& folder, mode_t mode) {
  std::error_code ignored;
  if (fs::is_directory(folder, ignored)) return {};
  if (folder.has_parent_path() && folder.parent_path() != folder) {
    if (auto above = make_folder(folder.parent_path(), mode); !above) return above;
  }
  if (mkdir(folder.c_str(), mode) != 0 && errno != EEXIST) return cannot("make the folder", folder);
  return {};
}

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return fsync(descriptor) == 0;
}

// Whole or not at all, and never over a file that exists. False: it existed.
Result<bool> write_new_file(const fs::path& file, const std::string& text, mode_t mode) {
  std::error_code ignored;
  if (fs::exists(fs::symlink_status(file, ignored))) return false;
  const fs::path fresh = file.string() + ".new";
  const int descriptor = open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode);
  if (descriptor < 0) return cannot("write", fresh);
  const bool written = fchmod(descriptor, mode) == 0 && write_all(descriptor, text);
  close(descriptor);
  if (!written) return cannot("write", fresh);
  // link() refuses to replace what another process made meanwhile; rename() would not, and serves where links do not
  // exist.
  bool linked = link(fresh.c_str(), file.c_str()) == 0;
  if (!linked && (errno == EPERM || errno == EOPNOTSUPP)) linked = rename(fresh.c_str(), file.c_str()) == 0;
  const int why = errno;
  unlink(fresh.c_str());
  errno = why;
  if (!linked && why != EEXIST) return cannot("write", file);
  return linked;
}

std::string own_host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : std::string("localhost");
}

Result<> write_realm(const fs::path& file, const ConfigRequest& request, FirstStart& first) {
  std::error_code ignored;
  if (fs::exists(fs::symlink_status(file, ignored))) return {};
  const auto given = request.environment.find("QD_ADMIN_PASSWORD");
  const bool generate = given == request.environment.end() || given->second.empty();
  const std::string password = generate ? base::random_token(generated_password_length) : given->second;
  if (password.size() > 72)
    return fail(ErrorKind::invalid, "QD_ADMIN_PASSWORD is longer than 72 bytes; choose a shorter one.");
  const auto written = write_new_file(file, realm_properties_text(auth::make_bcrypt(password)), 0600);
  if (!written) return fail(written.error());
  if (*written && generate) first.generated_password = password;
  if (*written) first.defaults.push_back(file);
  first.wrote_anything |= *written;
  return {};
}

bool has_policies(const fs::path& etc) {
  std::error_code error;
  for (fs::directory_iterator entry(etc, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() == ".aclpolicy") return true;
  }
  return false;
}

}  // namespace

Result<FirstStart> prepare_base_folder(const ConfigRequest& request) {
  FirstStart first;
  const auto layout = find_layout(request);
  if (!layout) return fail(layout.error());
  if (layout->package) return first;

  const fs::path config = layout->base / "server" / "config";
  const fs::path etc = layout->base / "etc";
  // Whoever removed the policy of admins does not want it back at the next start.
  std::error_code ignored;
  const bool wants_policy = !fs::exists(layout->base / "server" / "data", ignored) && !has_policies(etc);
  for (const auto& [folder, mode] : {std::pair{etc, for_everybody}, std::pair{config, for_everybody},
                                     std::pair{layout->base / "server" / "data", for_owner},
                                     std::pair{layout->base / "var" / "logs" / "rundeck", for_owner}}) {
    if (auto made = make_folder(folder, mode); !made) return fail(made.error());
  }
  const std::string host = own_host_name();
  const std::pair<fs::path, std::string> files[] = {
      {etc / "framework.properties", framework_properties_text(host, base::new_uuid())},
      // The database's password will stand in it.
      {config / "rundeck-config.properties", rundeck_config_text()}};
  for (const auto& [file, text] : files) {
    const auto written = write_new_file(file, text, 0600);
    if (!written) return fail(written.error());
    first.wrote_anything |= *written;
    if (*written) first.defaults.push_back(file);
  }
  if (wants_policy) {
    const auto written = write_new_file(etc / "admin.aclpolicy", admin_policy_text(), 0644);
    if (!written) return fail(written.error());
    if (*written) first.defaults.push_back(etc / "admin.aclpolicy");
  }
  if (auto realm = write_realm(config / "realm.properties", request, first); !realm) return fail(realm.error());
  return first;
}

Result<> make_folders(const Config& config) {
  const auto& folders = config.folders;
  for (const auto& folder : {folders.var, folders.data, folders.logs, folders.logs / "rundeck", folders.temp}) {
    if (auto made = make_folder(folder, for_owner); !made) return made;
  }
  return {};
}

Result<std::string> server_uuid(const Config& config) {
  if (!config.member.uuid.empty()) return config.member.uuid;
  const fs::path file = config.folders.var / "server.uuid";
  if (auto made = make_folder(config.folders.var, for_owner); !made) return fail(made.error());
  const auto written = write_new_file(file, base::new_uuid() + "\n", 0644);
  if (!written) return fail(written.error());

  std::array<char, 64> text{};
  const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return cannot("read", file);
  const ssize_t length = read(descriptor, text.data(), text.size());
  close(descriptor);
  const std::string uuid(base::trim({text.data(), length > 0 ? static_cast<std::size_t>(length) : 0}));
  if (uuid.size() != 36)
    return fail(ErrorKind::invalid, file.string() + ": holds no UUID. Remove it, and a new one is made.");
  return uuid;
}

Result<BaseFolderLock> BaseFolderLock::take(const Config& config) {
  const fs::path file = config.folders.var / "quarterdeck.lock";
  if (auto made = make_folder(config.folders.var, for_owner); !made) return fail(made.error());
  BaseFolderLock lock(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (lock.descriptor_ < 0) return cannot("open", file);
  if (flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return cannot("lock", file);
    std::array<char, 32> holder{};
    const ssize_t length = pread(lock.descriptor_, holder.data(), holder.size(), 0);
    const std::string pid(base::trim({holder.data(), length > 0 ? static_cast<std::size_t>(length) : 0}));
    return fail(ErrorKind::conflict, "Another server" + (pid.empty() ? std::string() : " (process " + pid + ")") +
                                         " uses the base folder " + config.folders.base.string() +
                                         ". Stop it, or choose another folder with --base.");
  }
  const std::string pid = std::to_string(getpid()) + "\n";
  if (ftruncate(lock.descriptor_, 0) != 0 || !write_all(lock.descriptor_, pid)) return cannot("write", file);
  return lock;
}

BaseFolderLock::~BaseFolderLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

BaseFolderLock::BaseFolderLock(BaseFolderLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

BaseFolderLock& BaseFolderLock::operator=(BaseFolderLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

}  // namespace qd::app
