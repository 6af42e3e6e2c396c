// Secrets of the key storage that an execution has read: a thousand nodes do not read the same one a thousand times.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/guarded.hpp"
#include "engine/launcher.hpp"

namespace qd::engine {

class RunLog;

// Thread-safe. Lives as long as the execution.
class SecretMemo {
 public:
  // Reads in the name of the execution's user, whose right is checked with the first reading. Passwords are masked in
  // the log from then on. Empty when there is no key storage. What is returned is called on worker threads, while the
  // step that asked for it runs.
  std::function<Result<std::string>(const std::string& path)> reader(const LauncherParts& parts,
                                                                     const model::Execution& execution, RunLog& log);

 private:
  struct Entry {
    std::mutex reading;  // by one at a time
    std::string value;
    bool known = false;
  };
  std::shared_ptr<Entry> entry(const std::string& path);
  base::Guarded<std::map<std::string, std::shared_ptr<Entry>>> entries_;
};

}  // namespace qd::engine
