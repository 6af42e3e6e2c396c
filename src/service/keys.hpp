// Key storage: private keys, public keys and passwords at paths below "keys", for those whom policies allow it.
#pragma once

#include <string>
#include <vector>

#include "auth/identity.hpp"
#include "base/result.hpp"
#include "service/access_control.hpp"
#include "service/audit.hpp"
#include "store/project_store.hpp"
#include "store/webhook_store.hpp"
#include "vault/key_ring.hpp"
#include "vault/secret_reader.hpp"
#include "vault/storage.hpp"

namespace qd::service {

struct KeyView {
  vault::Entry entry;
  std::vector<vault::Entry> resources;  // of a folder: what of it the asker may read
};

struct UploadedKey {
  std::string content_type;  // says which kind of key it is
  std::string content;
};

// Thread-safe; blocks on the database or files. Paths may have slashes at their ends. What somebody may not read does
// not exist for him. `not_found` and `conflict` have the peer's words: "resource not found: /keys/a".
class Keys {
 public:
  Keys(vault::Storage& storage, vault::KeyRing& ring, store::ProjectStore& projects, store::WebhookStore& webhooks,
       AccessControl& access, Audit& audit)
      : storage_(storage), ring_(ring), projects_(projects), webhooks_(webhooks), access_(access), audit_(audit) {}

  Result<KeyView> look(const auth::Identity& who, const std::string& path);
  // Of a public key; of everything else `unauthorized`, whoever asks.
  Result<vault::Item> content(const auth::Identity& who, const std::string& path);
  Result<vault::Entry> create(const auth::Identity& who, const std::string& path, UploadedKey key);
  Result<vault::Entry> update(const auth::Identity& who, const std::string& path, UploadedKey key);
  Result<> remove(const auth::Identity& who, const std::string& path);

  // Seals all keys, what is sealed of projects, and tokens of webhooks anew, with the secret that this member's
  // configuration puts first. For administrators.
  Result<vault::ResealReport> rotate(const auth::Identity& who);

  // For steps and options: the secret itself, when the one in whose name they run may read it.
  Result<std::string> read_secret(const std::string& path, const vault::SecretUser& reader);

 private:
  Result<std::string> readable(const auth::Identity& who, const std::string& path);
  Result<std::string> writable(const auth::Identity& who, const std::string& path, const std::string& action);
  Result<vault::Item> item_of(const auth::Identity& who, std::string path, UploadedKey key);

  vault::Storage& storage_;
  vault::KeyRing& ring_;
  store::ProjectStore& projects_;
  store::WebhookStore& webhooks_;
  AccessControl& access_;
  Audit& audit_;
};

}  // namespace qd::service
