// The kinds of keys, by their content types.
#pragma once

#include <string_view>

#include "vault/item.hpp"

namespace qd::vault {

inline constexpr const char* kPrivateKeyType = "application/octet-stream";
inline constexpr const char* kPublicKeyType = "application/pgp-keys";
inline constexpr const char* kPasswordType = "application/x-rundeck-data-password";

inline constexpr std::size_t kLargestKey = 1u << 20;

bool is_key_content_type(std::string_view content_type);

// The metadata that follows from the content type; what stood there of it is dropped, so that nothing but the type,
// which is sealed with the content, decides whether it may be shown.
void add_key_meta(Meta& meta);

// May its content never be shown?
bool is_masked(const Meta& meta);

}  // namespace qd::vault
