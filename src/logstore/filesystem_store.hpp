// A folder that every member sees: NFS, a mounted volume.
#pragma once

#include "logstore/log_store.hpp"

namespace qd::logstore {

// Setting `directory`: an absolute path; it is made when it is missing. A file gets its name only when all of its bytes
// are on the disk (temporary name, fsync, rename, fsync of the folder).
Result<std::shared_ptr<LogStore>> open_filesystem_store(const Settings& settings);

}  // namespace qd::logstore
