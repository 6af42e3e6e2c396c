// The storage facility of the peer, as it lies in the peer's own database: table `storage`.
#pragma once

#include <functional>

#include "store/storage_store.hpp"

namespace qd::store {

// Calls `use` with every file of the key storage as it stands there, with its metadata, in the order in which they were
// made. Throws DatabaseError, also when there is no such table.
void each_peer_key(Database& peer, const std::function<void(StorageItem)>& use);

}  // namespace qd::store
