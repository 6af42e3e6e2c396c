// The folder that a server works in: made at the first start, and held by one server at a time.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/config.hpp"
#include "base/result.hpp"

namespace qd::app {

struct FirstStart {
  // Set when realm.properties was written with a password that nobody knows yet: show it once.
  std::optional<std::string> generated_password;
  bool wrote_anything = false;
  std::vector<std::filesystem::path> defaults;  // the files that were written
};

// Makes the folders and writes the commented default files that are missing: etc/framework.properties,
// server/config/rundeck-config.properties, etc/admin.aclpolicy (only when server/data is not there yet and etc holds no
// other policy), server/config/realm.properties with the user `admin` (roles admin and user)
// and QD_ADMIN_PASSWORD or a generated password, as BCRYPT. Never changes a file that exists. Files with secrets have
// the mode 0600, new folders 0700 or 0755. Call it before load_config. Does nothing for the package layout, whose
// package does it.
Result<FirstStart> prepare_base_folder(const ConfigRequest& request);

// Makes the folders that the configuration names (var, data, logs, logs/rundeck, temp).
Result<> make_folders(const Config& config);

// config.member.uuid, or else the one kept in `var`/server.uuid, which is made at the first call.
Result<std::string> server_uuid(const Config& config);

// Held as long as the object lives: no other server uses the same base folder. The kernel lets go of it when the
// process ends, however it ends.
class BaseFolderLock {
 public:
  // The error names the process that holds it.
  static Result<BaseFolderLock> take(const Config& config);
  ~BaseFolderLock();
  BaseFolderLock(BaseFolderLock&& other) noexcept;
  BaseFolderLock& operator=(BaseFolderLock&& other) noexcept;

 private:
  explicit BaseFolderLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

}  // namespace qd::app
