// A log store by a script plugin of the service ExecutionFileStorage.
//
// The script is run for each file with ${storage.action}:
//   store      the file ${storage.file} is to be kept under ${storage.key}; exit code 0: it is, all of it
//   available  prints `true` or `false`: is there a file under ${storage.key}?
//   retrieve   writes that file to ${storage.file}
//   delete     removes it; what is not there is as good as removed
// Also ${storage.filetype} (rdlog, state.json, rdlog.partial.N) and, with `store`, ${storage.size} and what is known of
// the execution as ${execution.…} (execid, project, username, url, serverUrl, serverUUID). Anything but exit code 0 is
// an error, which is tried again later.
#pragma once

#include <memory>
#include <string>

#include "logstore/log_store.hpp"
#include "plugin/script.hpp"

namespace qd::service {

struct ScriptStorePlace {
  std::string provider;
  std::string project;
  plugin::Texts properties;  // of the framework and of the project, with their prefixes
  std::string temp_folder;   // pieces of files are handed over in files of their own there
};

// The plugin is looked up anew for each file, as plugins come and go. The error: there is no such plugin now, or its
// settings are wrong; a setting cannot be a path in key storage, as no user stands behind it whose rights would say
// which keys may be read. `scripts` outlives the store.
Result<std::shared_ptr<logstore::LogStore>> open_script_store(const plugin::ScriptParts& scripts,
                                                              ScriptStorePlace place);

}  // namespace qd::service
