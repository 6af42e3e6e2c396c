#include "vault/legacy_pbe.hpp"

#include <gmock/gmock.h>

#include "base/text.hpp"
#include "vault/password_converter.hpp"

namespace qd::vault {
namespace {

using ::testing::HasSubstr;

constexpr const char* kPassword = "1PwdToBindThem$";

Result<std::string> decrypted(const std::string& algorithm, const std::string& base64, int iterations = 1000) {
  return legacy_decrypt({algorithm, kPassword, iterations}, base::base64_decode(base64).value());
}

// The first and the last are the examples of the peer's documentation, the others were made with Java 17.
TEST(LegacyPbeTest, ReadsWhatJavaWrote) {
  EXPECT_EQ(decrypted("PBEWithMD5AndDES", "bbnJmDtx82/NOeUc9ahULGVAH+RdSLG5"), "binder123");
  EXPECT_EQ(decrypted("PBEWITHMD5ANDDES", "AQIDBAUGBwgnmwT8LQgazIiqGeBQbSLa"), "binder123");
  EXPECT_EQ(decrypted("PBEWithMD5AndTripleDES", "AQIDBAUGBwgrqJ4w/i+omqhWLfy0fFQ2"), "binder123");
  EXPECT_EQ(decrypted("PBEWithSHA1AndDESede", "AQIDBAUGBwi5aGNyhivZGbgHJ5xwe0sP"), "binder123");
  EXPECT_EQ(decrypted("PBEWITHSHA256AND256BITAES-CBC-BC", "i67e4g3jAUML0KCh+KwmnqX9lCflThMuu6CXm++VSqU="), "binder123");
}

TEST(LegacyPbeTest, SaysWhatIsWrong) {
  const char* sealed = "bbnJmDtx82/NOeUc9ahULGVAH+RdSLG5";
  EXPECT_NE(decrypted("PBEWithMD5AndDES", sealed, 999).value_or("refused"), "binder123");
  EXPECT_NE(decrypted("PBEWithMD5AndTripleDES", sealed).value_or("refused"), "binder123");
  EXPECT_FALSE(decrypted("PBEWithMD5AndDES", "bbnJmDtx82/NOQ=="));
  const auto unknown = decrypted("PBEWithMD5AndRC2", sealed);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().kind, ErrorKind::invalid);
  EXPECT_THAT(unknown.error().message, HasSubstr("pbewithsha256and128bitaes-cbc-bc"));
}

TEST(PasswordConverterTest, ReadsThePeersNewerFormatAndWritesIt) {
  const auto converter = make_password_converter({"PBEWithMD5AndDES", kPassword, 1000});
  Item item{.path = "keys/a", .meta = {{"aes-gcm-encryption:encrypted", "true"}}};
  item.content =
      base::base64_decode("AQABAgMEBQYHCAkKCwwNDg8yMzQ1Njc4OTo7PD10zebVuNi1kfJ13VQIeYjvw6xMMwpqCANC").value();
  EXPECT_EQ(converter->open(item), "binder123");
  item.content.back() ^= 1;
  EXPECT_FALSE(converter->open(item)) << "it was changed";

  Item mine{.path = "keys/a", .content = "something new"};
  mine.content = converter->close(mine).value();
  EXPECT_THAT(mine.content, ::testing::Not(HasSubstr("something")));
  EXPECT_EQ(mine.meta, (Meta{{"aes-gcm-encryption:encrypted", "true"}, {"jasypt-encryption:encrypted", "false"}}));
  EXPECT_EQ(converter->open(mine), "something new");
  EXPECT_TRUE(converter->fresh(mine).value());
}

TEST(PasswordConverterTest, TakesTheOlderFlagForTheTruth) {
  const auto converter = make_password_converter({"PBEWithMD5AndDES", kPassword, 1000});
  Item item{.path = "keys/a",
            .meta = {{"aes-gcm-encryption:encrypted", "true"}, {"jasypt-encryption:encrypted", "true"}},
            .content = base::base64_decode("bbnJmDtx82/NOeUc9ahULGVAH+RdSLG5").value()};
  EXPECT_EQ(converter->open(item), "binder123");
  EXPECT_FALSE(converter->fresh(item).value());
  item.meta.clear();
  EXPECT_EQ(converter->open(item), item.content) << "nothing says that it is encrypted";
}

}  // namespace
}  // namespace qd::vault
