// The script plugins of a folder: folders with plugin.yaml, and files NAME-plugin.zip with a folder NAME-plugin in
// them. The folder is looked at again and again, so that plugins come, change and go without a restart.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/guarded.hpp"
#include "plugin/manifest.hpp"

namespace qd::plugin {

// One provider of an installed plugin.
struct Installed {
  Provider provider;
  std::string artifact, version, author, date, url;  // of its plugin
  std::string path;                                  // of the zip file or folder
  std::string contents;                              // folder with the scripts
  std::string script() const { return contents + "/" + provider.file; }
};
using InstalledPtr = std::shared_ptr<const Installed>;

struct Trouble {
  std::string path, message;
};

// Thread-safe.
class Registry {
 public:
  // Zip files are unpacked below `cache`. A folder that is not there has no plugins.
  Registry(std::string folder, std::string cache, Millis look_every = Millis{1'000});
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  void start();          // looks once, then goes on looking
  void stop() noexcept;  // what is known stays known
  void refresh();        // looks now; blocks on files

  // Null: there is none. Of several plugins with the same provider the newest version counts.
  InstalledPtr find(const std::string& service, const std::string& name) const;
  // The same, after another look when it is not known. Blocks on files.
  InstalledPtr find_now(const std::string& service, const std::string& name);
  std::vector<InstalledPtr> list() const;  // by service and name
  std::vector<std::string> names(const std::string& service) const;
  std::vector<Trouble> troubles() const;  // plugins that cannot be used, and why
  const std::string& folder() const { return folder_; }

 private:
  using Key = std::pair<std::string, std::string>;
  struct Known {
    std::map<Key, InstalledPtr> providers;
    std::vector<Trouble> troubles;
  };
  // What one file or folder came to.
  struct Artifact {
    std::string stamp;
    std::vector<InstalledPtr> providers;
    std::vector<Trouble> troubles;
  };
  void run();
  Artifact load(const std::string& path, bool archive, std::string stamp) const;
  Result<std::string> unpacked(const std::string& path, const std::string& stamp) const;
  void publish(const std::map<std::string, Artifact>& artifacts);
  void clear_cache() const;

  const std::string folder_, cache_;
  const Millis look_every_;
  std::mutex looking_;
  std::map<std::string, Artifact> artifacts_;  // by path; under looking_
  base::Guarded<std::shared_ptr<const Known>> known_;

  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  std::thread thread_;
};

// -1, 0, 1: by numbers where both have them, "1.10" after "1.9".
int compare_versions(const std::string& a, const std::string& b);

}  // namespace qd::plugin
