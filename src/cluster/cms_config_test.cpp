#include "cluster/cms_config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace qd::cluster {
namespace {

using testing::HasSubstr;

std::map<std::string, std::string> encryption_keys(const std::map<std::string, std::string>& short_keys) {
  std::map<std::string, std::string> full;
  for (const auto& [key, value] : short_keys) full["rundeck.clusterMode.messaging.encryption." + key] = value;
  return full;
}

TEST(MessagingConfig, DocumentedDefaults) {
  const auto config = parse_messaging_config({{"rundeck.clusterMode.enabled", "true"}});
  ASSERT_TRUE(config);
  EXPECT_EQ(*config, (MessagingConfig{true, 2048, "SHA256withRSA", 3650, "AES128_CBC"}));
}

TEST(MessagingConfig, EveryKey) {
  const auto config = parse_messaging_config(encryption_keys({{"enabled", "false"},
                                                              {"simplecms.keySize", "4096"},
                                                              {"simplecms.signatureAlgorithm", "SHA512/256withRSA"},
                                                              {"simplecms.certValidityDays", "30"},
                                                              {"simplecms.encryptionAlgorithm", "AES256_CBC"}}));
  ASSERT_TRUE(config);
  EXPECT_EQ(*config, (MessagingConfig{false, 4096, "SHA512/256withRSA", 30, "AES256_CBC"}));
}

TEST(MessagingConfig, SmallKeysAreRaised) {
  const auto config = parse_messaging_config(encryption_keys({{"simplecms.keySize", "1024"}}));
  ASSERT_TRUE(config);
  EXPECT_EQ(config->key_size, 2048);
  ASSERT_EQ(config->warnings.size(), 1u);
  EXPECT_THAT(config->warnings[0], HasSubstr("messaging.encryption.simplecms.keySize = 1024"));
}

TEST(MessagingConfig, ErrorsNameTheKeyAndWhatIsAllowed) {
  struct Case {
    const char* key;
    const char* value;
    const char* said;
  };
  for (const auto& [key, value, said] : std::vector<Case>{
           {"enabled", "no", "true or false"},
           {"simplecms.keySize", "511", "from 512 to 8192"},
           {"simplecms.keySize", "20000", "from 512 to 8192"},
           {"simplecms.keySize", "2k", "from 512 to 8192"},
           {"simplecms.certValidityDays", "0", "from 1 to"},
           {"simplecms.signatureAlgorithm", "SHA256", "SHA1withRSA, SHA224withRSA, SHA256withRSA"},
           {"simplecms.signatureAlgorithm", "SHA256withECDSA", "SHA3-512withRSA"},
           {"simplecms.encryptionAlgorithm", "AES128-CBC", "AES128_CBC, AES192_CBC, AES256_CBC"},
       }) {
    const auto config = parse_messaging_config(encryption_keys({{key, value}}));
    ASSERT_FALSE(config) << key;
    EXPECT_THAT(config.error().message, HasSubstr(std::string(key) + " = " + value));
    EXPECT_THAT(config.error().message, HasSubstr(said));
  }
  const auto two =
      parse_messaging_config(encryption_keys({{"enabled", "no"}, {"simplecms.encryptionAlgorithm", "ROT13"}}));
  ASSERT_FALSE(two);
  EXPECT_THAT(two.error().message, testing::AllOf(HasSubstr("enabled = no"), HasSubstr("encryptionAlgorithm = ROT13")));
}

}  // namespace
}  // namespace qd::cluster
