// The peer's converters `aes-gcm-encryption` and `jasypt-encryption`, so that what one writes the other reads.
//
// Both write AES-256-GCM with a key by PBKDF2: a byte 1, 16 bytes of salt, 12 of nonce, ciphertext with tag. Both read
// that and what older versions wrote with jasypt; the metadata says which of the two it is.
#pragma once

#include <memory>

#include "vault/converter.hpp"
#include "vault/legacy_pbe.hpp"

namespace qd::vault {

std::unique_ptr<Converter> make_password_converter(LegacyPbe settings);

}  // namespace qd::vault
