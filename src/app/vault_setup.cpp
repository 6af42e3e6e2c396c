#include "app/vault_setup.hpp"

#include "base/logging.hpp"
#include "vault/text_sealer.hpp"

namespace qd::app {

Result<std::unique_ptr<Vaults>> open_vaults(const Config& config, store::Database& database) {
  auto vaults = std::make_unique<Vaults>();
  auto ring = vault::KeyRing::open(config.storage.ring, store::SealKeyStore(database), vaults->clock);
  if (!ring) return fail(ring.error());
  vaults->ring = std::move(*ring);
  if (auto able = vaults->ring->check(); !able) base::log_warn("vault", able.error().message);
  auto keys = vault::build_storage(config.storage.keys, database, "keys", *vaults->ring, vaults->clock);
  if (!keys) return fail(keys.error());
  vaults->keys = std::move(*keys);
  // Only with a password, which members can share: a member without the key could do nothing with any project.
  vaults->project_seal = vault::make_text_seal(*vaults->ring, "projects", !config.storage.ring.password.empty());
  // A member that runs alone has all keys.
  const bool shared = !config.storage.ring.password.empty() || !config.member.cluster;
  vaults->webhook_seal = vault::make_text_seal(*vaults->ring, "webhooks", shared);
  return vaults;
}

}  // namespace qd::app
