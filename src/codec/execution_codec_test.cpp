#include "codec/execution_codec.hpp"

#include <gtest/gtest.h>

namespace qd::codec {
namespace {

TEST(ExecutionCodec, TextsAndMapsSurvive) {
  const std::vector<std::string> texts{"a", "", "with \"quotes\"", "caf\xC3\xA9"};
  EXPECT_EQ(decode_texts(encode_texts(texts)), texts);
  EXPECT_EQ(encode_texts({}), "[]");
  const std::map<std::string, std::string> entries{{"a", "1"}, {"", "x\ny"}};
  EXPECT_EQ(decode_map(encode_map(entries)), entries);
}

TEST(ExecutionCodec, AnythingElseReadsAsEmpty) {
  EXPECT_TRUE(decode_texts("{}").empty());
  EXPECT_TRUE(decode_texts("nonsense").empty());
  EXPECT_TRUE(decode_map("[]").empty());
  EXPECT_EQ(decode_map(R"({"a": 1, "b": null})"), (std::map<std::string, std::string>{{"a", "1"}}));
}

}  // namespace
}  // namespace qd::codec
