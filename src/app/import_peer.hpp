// Takes over what a Rundeck has: its base folder and archives of its projects. Its files are only read, what is here
// already stays as it is, and the server must not run meanwhile.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "app/config.hpp"
#include "app/import_report.hpp"
#include "base/result.hpp"
#include "store/project_store.hpp"
#include "vault/storage.hpp"

namespace qd::app {

struct PeerImport {
  struct Archive {
    std::string file;
    std::string project;  // "": as its manifest says
  };
  // Base folders, or the folders of a package: /etc/rundeck and /var/lib/rundeck.
  std::vector<std::filesystem::path> folders;
  std::vector<Archive> archives;
};

// What this very command wrote into a new base folder, before the import: nobody's decision yet, so what the peer says
// wins. What it replaced is no longer in here.
struct FreshDefaults {
  FreshDefaults() = default;
  FreshDefaults(const std::vector<std::filesystem::path>& files, bool admin_is_unknown);

  std::set<std::filesystem::path> policies;
  std::set<std::string, std::less<>> settings;  // their keys; never who the server is
  bool admin = false;                           // the user admin has a password that nobody knows yet
};

// Errors: nothing could be done, as the database cannot be opened. All else stands in the report.
Result<ImportReport> import_peer(const Config& config, const PeerImport& from, FreshDefaults& fresh);

// ---- its parts, each on one of the peer's folders ----

// framework.properties and rundeck-config.properties: settings that mean something here go to the file of that name,
// unless it says something already. Where data is, and who the server is, stays our own decision.
void import_settings(const Config& config, const std::filesystem::path& folder, FreshDefaults& fresh,
                     ImportReport& report);
// Lines of realm.properties, and JAAS files.
void import_logins(const Config& config, const std::filesystem::path& folder, FreshDefaults& fresh,
                   ImportReport& report);
// *.aclpolicy files of the system.
void import_policies(const Config& config, const std::filesystem::path& folder, FreshDefaults& fresh,
                     ImportReport& report);
// Key storage that lies in files: content/keys/… and meta/keys/….
void import_key_files(const std::filesystem::path& folder, vault::Storage& keys, ImportReport& report);

// Files of a folder with this ending, or of this name where the peer's layouts have it; sorted.
std::vector<std::filesystem::path> peer_files(const std::filesystem::path& folder,
                                              const std::vector<std::string>& places, const std::string& ending);
// Its text; an error above 16 MiB.
Result<std::string> read_peer_file(const std::filesystem::path& file);
// Writes a file that is not there; only its user may read it.
Result<> write_new_peer_file(const std::filesystem::path& file, const std::string& text);

}  // namespace qd::app
