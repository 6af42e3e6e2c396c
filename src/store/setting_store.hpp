// Small facts of the installation by key: execution mode of members, generated secrets' check values and the like.
#pragma once

#include <optional>
#include <string>

#include "store/database.hpp"

namespace qd::store {

// Thread-safe.
class SettingStore {
 public:
  explicit SettingStore(Database& database);
  std::optional<std::string> get(const std::string& key);
  void put(const std::string& key, const std::string& value);
  bool remove(const std::string& key);
  // Adds one to a number (absent: 0) and returns it. Atomic across members.
  std::int64_t increment(const std::string& key);
  static std::int64_t increment(Session& session, const std::string& key);  // as part of the caller's transaction

 private:
  Database& database_;
};

}  // namespace qd::store
