#include "base/json.hpp"

#include <gtest/gtest.h>

namespace qd {
namespace {

TEST(Json, NamesLineAndColumn) {
  const auto broken = parse_json("{\n  \"a\": ?}");
  ASSERT_FALSE(broken.has_value());
  EXPECT_NE(broken.error().message.find("line 2, column"), std::string::npos) << broken.error().message;
}

TEST(Json, LenientAcceptsTrailingCommaAndJunk) {
  EXPECT_FALSE(parse_json("{\"a\":1,} x").has_value());
  JsonLimits lenient;
  lenient.lenient = true;
  const auto value = parse_json("{\"a\":1,} x", lenient);
  ASSERT_TRUE(value.has_value()) << value.error().message;
  EXPECT_EQ(value->at("a").as_int64(), 1);
}

TEST(Json, BoundsDepthAndSize) {
  EXPECT_FALSE(parse_json(std::string(10'000, '[')).has_value());
  JsonLimits small;
  small.max_bytes = 3;
  EXPECT_EQ(parse_json("[1,2]", small).error().kind, ErrorKind::too_large);
}

TEST(Json, RefusesBrokenUtf8AndNothing) {
  EXPECT_FALSE(parse_json("\"\xFF\"").has_value());
  EXPECT_FALSE(parse_json("").has_value());
}

TEST(Json, ReadsScalarsAsText) {
  const auto value = parse_json(R"({"n": 3, "b": true, "s": "x", "o": {}, "z": null})").value();
  const JsonObject& object = value.as_object();
  EXPECT_EQ(text_or(object, "n"), "3");
  EXPECT_EQ(text_or(object, "b"), "true");
  EXPECT_EQ(scalar_text(Json(1.5)), "1.5");
  EXPECT_EQ(scalar_text(Json(1.0)), "1.0");
  EXPECT_EQ(scalar_text(Json(1e300)), "1e+300");
  EXPECT_EQ(text_or(object, "o", "-"), "-");
  EXPECT_TRUE(truth_or(object, "b", false));
  EXPECT_TRUE(truth_or(object, "z", true));
}

}  // namespace
}  // namespace qd
