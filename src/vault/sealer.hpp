// Our own converter: AES-256-GCM with a key of the ring.
//
// "QDV1", 8 bytes of the key's id, 12 of nonce, ciphertext with tag. Container, path and content type are authenticated
// with it, so that nobody who can write to the database can exchange two items, or make a private key a public one.
#pragma once

#include <memory>
#include <string>

#include "vault/converter.hpp"
#include "vault/key_ring.hpp"

namespace qd::vault {

bool looks_sealed(std::string_view content);

class Sealer final : public Converter {
 public:
  Sealer(KeyRing& ring, std::string container) : ring_(ring), container_(std::move(container)) {}
  Result<std::string> close(Item& item) override;
  Result<std::string> open(const Item& item) override;
  bool closed(const Item& item) const override;
  Result<bool> fresh(const Item& item) override;

  std::string close_with(const Key& key, const Item& item) const;
  static bool closed_with(const Key& key, const Item& item);

 private:
  std::string bound(const Item& item, std::string_view key_id) const;

  KeyRing& ring_;
  std::string container_;
};

}  // namespace qd::vault
