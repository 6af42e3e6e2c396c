// The keys that content is sealed with. Their names are in the database, they themselves nowhere: each member derives
// them from a password of its configuration, or has them in its master key file.
//
// The first content that is sealed makes this member's secret the current one, for all members. Another one takes its
// place only by rotate(), for which a member must know both.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/guarded.hpp"
#include "base/result.hpp"
#include "store/seal_key_store.hpp"

namespace qd::vault {

struct RingConfig {
  std::string password;      // "": the key file's first key
  std::string old_password;  // of content that was sealed before
  std::filesystem::path key_file;
};

struct Key {
  std::string id;  // 16 hexadecimal digits, derived from the key
  std::string bytes;
};

// Thread-safe; blocks on the database, and for a tenth of a second when it meets a key for the first time.
class KeyRing {
 public:
  // Reads the master key file; makes it, with a new key, when there is neither one nor a password.
  static Result<std::unique_ptr<KeyRing>> open(const RingConfig& config, store::SealKeyStore store, const Clock& clock);
  ~KeyRing();
  KeyRing(const KeyRing&) = delete;
  KeyRing& operator=(const KeyRing&) = delete;

  // The key that new content is sealed with. `unavailable`: it is none of this member's; the message says what to do.
  Result<Key> current();
  Result<Key> find(const std::string& id);
  // Makes this member's secret the current one. True: it was not yet.
  Result<bool> rotate();
  // Nothing, or why this member cannot read what is there.
  Result<> check();

 private:
  KeyRing(const RingConfig& config, std::vector<Key> file_keys, store::SealKeyStore store, const Clock& clock);
  Result<Key> wanted();
  std::optional<Key> derive(const store::SealKey& row);
  std::string secret_name() const;

  std::string password_, old_password_;
  std::filesystem::path key_file_;
  std::vector<Key> file_keys_;
  store::SealKeyStore store_;
  const Clock& clock_;
  std::string new_salt_;  // of the password's key until it is registered
  base::Guarded<std::map<std::string, std::optional<Key>>> known_;
};

}  // namespace qd::vault
