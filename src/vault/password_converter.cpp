#include "vault/password_converter.hpp"

#include "vault/cipher.hpp"

namespace qd::vault {
namespace {

constexpr const char* kGcmFlag = "aes-gcm-encryption:encrypted";
constexpr const char* kJasyptFlag = "jasypt-encryption:encrypted";
constexpr char kVersion = 1;
constexpr std::size_t kPasswordSalt = 16;
constexpr std::size_t kPasswordHead = 1 + kPasswordSalt + kGcmNonce;
constexpr int kIterations = 100'000;

bool flagged(const Item& item, const char* flag) {
  const auto found = item.meta.find(flag);
  return found != item.meta.end() && found->second == "true";
}

class PasswordConverter final : public Converter {
 public:
  explicit PasswordConverter(LegacyPbe settings) : settings_(std::move(settings)) {}
  ~PasswordConverter() override { wipe(settings_.password); }

  Result<std::string> close(Item& item) override {
    const auto salt = random_bytes(kPasswordSalt);
    const auto nonce = random_bytes(kGcmNonce);
    auto key = pbkdf2_sha256(settings_.password, salt, kIterations, kAesKey);
    std::string sealed(1, kVersion);
    sealed.append(salt).append(nonce).append(gcm_encrypt(key, nonce, "", item.content));
    wipe(key);
    item.meta[kGcmFlag] = "true";
    item.meta[kJasyptFlag] = "false";
    return sealed;
  }

  // With both flags it is jasypt's: the newer one was set by mistake, as the peer tells of its own data.
  Result<std::string> open(const Item& item) override {
    if (flagged(item, kJasyptFlag)) return legacy_decrypt(settings_, item.content);
    if (!flagged(item, kGcmFlag)) return item.content;
    if (item.content.size() < kPasswordHead + kGcmTag || item.content[0] != kVersion) {
      return fail(ErrorKind::unavailable, "it is too short, or of an unknown version");
    }
    const std::string_view text = item.content;
    auto key = pbkdf2_sha256(settings_.password, text.substr(1, kPasswordSalt), kIterations, kAesKey);
    auto plain = gcm_decrypt(key, text.substr(1 + kPasswordSalt, kGcmNonce), "", text.substr(kPasswordHead));
    wipe(key);
    return plain;
  }

  bool closed(const Item& item) const override { return flagged(item, kGcmFlag) || flagged(item, kJasyptFlag); }

  Result<bool> fresh(const Item& item) override { return flagged(item, kGcmFlag) && !flagged(item, kJasyptFlag); }

 private:
  LegacyPbe settings_;
};

}  // namespace

std::unique_ptr<Converter> make_password_converter(LegacyPbe settings) {
  return std::make_unique<PasswordConverter>(std::move(settings));
}

}  // namespace qd::vault
