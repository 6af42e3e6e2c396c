#include "node/ssh_keys.hpp"

#include <optional>

#include "base/id.hpp"
#include "base/text.hpp"
#include "node/executor.hpp"

namespace qd::node {
namespace {

constexpr std::size_t kKeysKept = 64;

// Without it OpenSSL asks for a passphrase at the terminal.
int no_passphrase(const char*, char*, size_t, int, int, void*) {
  return -1;
}

}  // namespace

Result<SshKey> SshKeys::get(const SshLogin& login) {
  const auto digest = base::sha256_hex(std::to_string(login.key.size()) + "\n" + login.key + login.passphrase);
  auto kept = entries_.with([&](auto& entries) -> SshKey {
    for (auto entry = entries.begin(); entry != entries.end(); ++entry) {
      if (entry->digest != digest) continue;
      entries.splice(entries.begin(), entries, entry);
      return entry->key;
    }
    return nullptr;
  });
  if (kept) return kept;
  ssh_key raw = nullptr;
  const char* passphrase = login.passphrase.empty() ? nullptr : login.passphrase.c_str();
  auto text = base::replace_all(login.key, "\r\n", "\n");  // as a browser may have sent it
  if (!text.ends_with('\n')) text += '\n';
  if (ssh_pki_import_privkey_base64(text.c_str(), passphrase, no_passphrase, nullptr, &raw) != SSH_OK) {
    return fail(ErrorKind::invalid,
                "The private key " + login.key_name + " cannot be read: it is no key in PEM or OpenSSH format, or " +
                    (passphrase ? "its passphrase is another." : "it is locked by a passphrase, and none was given."),
                reason::authentication);
  }
  SshKey key(raw, ssh_key_free);
  entries_.with([&](auto& entries) {
    entries.push_front({digest, key});
    if (entries.size() > kKeysKept) entries.pop_back();
  });
  return key;
}

}  // namespace qd::node
