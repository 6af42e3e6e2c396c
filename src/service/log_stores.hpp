// The log store of a project, and the names of its executions' files in it.
#pragma once

#include <memory>
#include <string>

#include "base/guarded.hpp"
#include "logstore/log_store.hpp"
#include "model/execution.hpp"
#include "plugin/script.hpp"
#include "service/log_settings.hpp"
#include "store/project_store.hpp"

namespace qd::service {

// Types of files, as the API names them; they end a file's name in the store.
namespace log_type {
inline constexpr const char* output = "rdlog";
inline constexpr const char* state = "state.json";
}  // namespace log_type

std::int64_t log_file_size(const std::string& path);  // -1: there is no such file

// Thread-safe; blocks on the database.
class LogStores {
 public:
  // `scripts` are for providers that are none of ours; null: there are no plugins.
  LogStores(store::ProjectStore& projects, const LogSettings& settings, const plugin::ScriptParts* scripts)
      : projects_(projects), settings_(settings), scripts_(scripts) {}

  bool enabled() const { return !settings_.provider.empty(); }
  const std::string& provider() const { return settings_.provider; }

  // By framework.plugin.ExecutionFileStorage.PROVIDER.* and, above them, project.plugin.ExecutionFileStorage.PROVIDER.*
  // of the project. One store for equal settings. The error names the key that is wrong.
  Result<std::shared_ptr<logstore::LogStore>> of(const std::string& project);
  // "project/p/12": what the files' types are appended to.
  Result<std::string> key_of(const model::Execution& execution);
  logstore::Metadata metadata_of(const model::Execution& execution) const;

  static std::string file_key(const std::string& key, const std::string& type) { return key + "." + type; }
  static std::string piece_key(const std::string& key, std::int64_t number);

 private:
  logstore::Settings settings_of(const std::string& project);
  Result<std::shared_ptr<logstore::LogStore>> open(const std::string& project, const logstore::Settings& settings);

  store::ProjectStore& projects_;
  const LogSettings& settings_;
  const plugin::ScriptParts* scripts_;
  base::Guarded<std::map<logstore::Settings, std::shared_ptr<logstore::LogStore>>> open_;
};

}  // namespace qd::service
