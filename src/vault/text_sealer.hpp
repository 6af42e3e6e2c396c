// Seals texts of other stores (configuration and files of projects) with the keys of the ring: "qdv1:" and base64.
#pragma once

#include "store/text_seal.hpp"
#include "vault/key_ring.hpp"

namespace qd::vault {

// `container` keeps its texts apart from those of others. Without `closes` only what was sealed earlier is opened. The
// ring outlives it.
store::TextSeal make_text_seal(KeyRing& ring, const std::string& container, bool closes);

}  // namespace qd::vault
