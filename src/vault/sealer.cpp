#include "vault/sealer.hpp"

#include "base/text.hpp"
#include "vault/cipher.hpp"

namespace qd::vault {
namespace {

constexpr std::string_view kMagic = "QDV1";
constexpr std::size_t kKeyId = 8;
constexpr std::size_t kSealedHead = kMagic.size() + kKeyId + kGcmNonce;

std::string_view id_in(const Item& item) {
  return std::string_view(item.content).substr(kMagic.size(), kKeyId);
}

}  // namespace

bool looks_sealed(std::string_view content) {
  return content.size() >= kSealedHead + kGcmTag && content.starts_with(kMagic);
}

std::string Sealer::bound(const Item& item, std::string_view key_id) const {
  const auto type = item.meta.find(meta::kContentType);
  std::string text(kMagic);
  text.append(key_id).append(container_).append(":").append(item.path).append("\n");
  return type == item.meta.end() ? text : text.append(type->second);
}

Result<std::string> Sealer::close(Item& item) {
  const auto key = ring_.current();
  if (!key) return fail(key.error());
  return close_with(*key, item);
}

std::string Sealer::close_with(const Key& key, const Item& item) const {
  const auto id = from_hex(key.id);
  const auto nonce = random_bytes(kGcmNonce);
  std::string sealed(kMagic);
  return sealed.append(id).append(nonce).append(gcm_encrypt(key.bytes, nonce, bound(item, id), item.content));
}

bool Sealer::closed_with(const Key& key, const Item& item) {
  return looks_sealed(item.content) && base::hex(id_in(item)) == key.id;
}

Result<std::string> Sealer::open(const Item& item) {
  if (!closed(item)) return item.content;
  const auto key = ring_.find(base::hex(id_in(item)));
  if (!key) return fail(key.error());
  const std::string_view text = item.content;
  return gcm_decrypt(key->bytes, text.substr(kMagic.size() + kKeyId, kGcmNonce), bound(item, id_in(item)),
                     text.substr(kSealedHead));
}

bool Sealer::closed(const Item& item) const {
  return looks_sealed(item.content);
}

Result<bool> Sealer::fresh(const Item& item) {
  const auto key = ring_.current();
  if (!key) return fail(key.error());
  return closed_with(*key, item);
}

}  // namespace qd::vault
