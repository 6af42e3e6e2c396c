// Which keys the storage facility's content is sealed with. Never the keys themselves: only what a member needs to
// derive them from its own secret, and to know which one it has.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/database.hpp"

namespace qd::store {

struct SealKey {
  std::string id;      // of the key, derived from it
  std::string source;  // "password" or "file"
  std::string salt;    // hexadecimal; "" for a file
  UnixMillis created = 0;
};

// Thread-safe.
class SealKeyStore {
 public:
  explicit SealKeyStore(Database& database);
  std::optional<SealKey> find(const std::string& id);
  std::optional<SealKey> current();
  std::vector<SealKey> all();  // oldest first
  // Makes `key` the current one in place of `replaced` ("": there is none yet). False: another member was faster.
  bool make_current(const SealKey& key, const std::string& replaced);

 private:
  Database& database_;
};

}  // namespace qd::store
