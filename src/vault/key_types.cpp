#include "vault/key_types.hpp"

namespace qd::vault {

bool is_key_content_type(std::string_view content_type) {
  return content_type == kPrivateKeyType || content_type == kPublicKeyType || content_type == kPasswordType;
}

void add_key_meta(Meta& meta) {
  for (const char* key : {meta::kMask, meta::kKeyType, meta::kDataType}) meta.erase(key);
  const auto found = meta.find(meta::kContentType);
  const std::string_view type = found == meta.end() ? std::string_view() : std::string_view(found->second);
  if (type != kPublicKeyType) meta[meta::kMask] = "content";
  if (type == kPrivateKeyType) meta[meta::kKeyType] = "private";
  if (type == kPublicKeyType) meta[meta::kKeyType] = "public";
  if (type == kPasswordType) meta[meta::kDataType] = "password";
}

bool is_masked(const Meta& meta) {
  const auto found = meta.find(meta::kContentType);
  return found == meta.end() || found->second != kPublicKeyType;
}

}  // namespace qd::vault
