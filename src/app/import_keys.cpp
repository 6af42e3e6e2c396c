#include "app/import_keys.hpp"

#include "app/vault_setup.hpp"
#include "store/peer_storage.hpp"
#include "vault/key_types.hpp"
#include "vault/path.hpp"

namespace qd::app {
namespace {

Result<> take_over(vault::Storage& keys, store::StorageItem&& item) {
  auto path = vault::clean_path(item.path);
  if (!path) return fail(path.error());
  vault::Item stored{.path = std::move(*path), .meta = std::move(item.meta), .content = std::move(item.content)};
  vault::add_key_meta(stored.meta);
  auto entry = keys.adopt(std::move(stored));
  if (!entry) return fail(entry.error());
  return {};
}

}  // namespace

Result<ImportedKeys> import_keys(const Config& config, const store::DatabaseConfig& from) {
  auto database = store::Database::open(config.database);
  if (!database) return fail(database.error());
  auto vaults = open_vaults(config, **database);
  if (!vaults) return fail(vaults.error());
  auto peer = store::Database::connect(from);
  if (!peer) return fail(peer.error());
  ImportedKeys done;
  store::each_peer_key(**peer, [&](store::StorageItem item) {
    const std::string path = item.path;
    const auto taken = take_over(*(*vaults)->keys, std::move(item));
    if (taken) {
      ++done.imported;
    } else if (taken.error().kind == ErrorKind::conflict) {
      ++done.skipped;
    } else {
      done.failures.push_back(path + ": " + taken.error().message);
    }
  });
  return done;
}

}  // namespace qd::app
