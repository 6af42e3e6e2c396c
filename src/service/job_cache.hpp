// Decoded job definitions, so that a busy job is not decoded at every run. The database's revision says whether a kept
// definition is still right, so every member sees a change at once.
#pragma once

#include <list>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/guarded.hpp"
#include "store/job_store.hpp"

namespace qd::service {

using StoredJobPtr = std::shared_ptr<const store::StoredJob>;

// Thread-safe. Keeps at most `capacity` definitions, the least used go first.
class JobCache {
 public:
  explicit JobCache(store::JobStore& jobs, std::size_t capacity = 1000) : jobs_(jobs), capacity_(capacity) {}

  StoredJobPtr find(const std::string& uuid);  // null: no such job
  // The same for who knows already which one it is now.
  StoredJobPtr find(const std::string& uuid, const store::JobVersion& version);

 private:
  struct Entry {
    StoredJobPtr job;
    std::list<std::string>::iterator place;
  };
  struct State {
    std::unordered_map<std::string, Entry> entries;
    std::list<std::string> order;  // most recently used first
  };
  void keep(const std::string& uuid, const StoredJobPtr& job);
  void forget(const std::string& uuid);

  store::JobStore& jobs_;
  std::size_t capacity_;
  base::Guarded<State> state_;
};

}  // namespace qd::service
