#include "codec/yaml.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/yaml_read.hpp"

namespace qd::codec {
namespace {

using testing::HasSubstr;

Json read(std::string_view text) {
  const auto value = parse_yaml(text);
  EXPECT_TRUE(value) << value.error().message;
  return value ? *value : Json();
}

TEST(Yaml, ReadsScalarsByTheRulesOfVersion11) {
  EXPECT_EQ(read("[yes, No, ON, off, true, FALSE]"), (JsonArray{true, false, true, false, true, false}));
  EXPECT_EQ(read("[~, null, Null, , '']"), (JsonArray{nullptr, nullptr, nullptr, nullptr, ""}));
  EXPECT_EQ(read("[12, -3, +4, 0, 010, 0x1F, 0b101, 1_000, 1:30]"), (JsonArray{12, -3, 4, 0, 8, 31, 5, 1000, 90}));
  EXPECT_EQ(read("[08, 1.10, 1e3, .5, 2026-11-22, 1.2.3, 12:99, 0o7, y]"),
            (JsonArray{"08", "1.10", "1e3", ".5", "2026-11-22", "1.2.3", "12:99", "0o7", "y"}));
  EXPECT_EQ(read("[1.5, -0.25]"), (JsonArray{1.5, -0.25}));
  EXPECT_EQ(read("[9223372036854775807, 9223372036854775808, 99999999999999999999]"),
            (JsonArray{INT64_MAX, 9223372036854775808U, "99999999999999999999"}));
  EXPECT_EQ(read("['12', \"yes\", !!str 5, !!int '5']"), (JsonArray{"12", "yes", "5", 5}));
}

TEST(Yaml, ReadsAnchorsAndMergeKeys) {
  const Json value = read("base: &b {a: 1, b: 2}\nnext: {<<: *b, b: 3}\nmany: {<<: [*b, {c: 4}]}\nsame: *b");
  EXPECT_EQ(value.at("next"), (JsonObject{{"a", 1}, {"b", 3}}));
  EXPECT_EQ(value.at("many"), (JsonObject{{"a", 1}, {"b", 2}, {"c", 4}}));
  EXPECT_EQ(value.at("same"), value.at("base"));
  EXPECT_EQ(read("{'<<': 1}"), (JsonObject{{"<<", 1}}));
}

TEST(Yaml, TheLastOfEqualKeysWins) {
  EXPECT_EQ(read("{a: 1, b: 2, a: 3}"), (JsonObject{{"a", 3}, {"b", 2}}));
}

TEST(Yaml, RefusesWhatNoDocumentNeeds) {
  EXPECT_THAT(parse_yaml("{[a]: b}").error().message, HasSubstr("a key must be a text"));
  EXPECT_THAT(parse_yaml("!!java/Object x").error().message, HasSubstr("tag"));
  EXPECT_THAT(parse_yaml("a: !!set {}").error().message, HasSubstr("tag"));
  EXPECT_THAT(parse_yaml("<<: 5").error().message, HasSubstr("only maps can be merged"));
  EXPECT_EQ(parse_yaml("[a, b]", {.max_bytes = 3}).error().kind, ErrorKind::too_large);
  EXPECT_EQ(parse_yaml("[a, b]", {.max_nodes = 2}).error().kind, ErrorKind::too_large);
  EXPECT_TRUE(parse_yaml("[a, b]", {.max_nodes = 3}));
}

TEST(Yaml, WritesBlockStyle) {
  const Json value = JsonArray{JsonObject{{"a", JsonArray{1, JsonArray{"x", true}}},
                                          {"b", JsonObject{{"c", nullptr}}},
                                          {"d", JsonObject()},
                                          {"e", JsonArray()},
                                          {"f", "one\ntwo\n"}}};
  EXPECT_EQ(write_yaml(value), R"(- a:
  - 1
  - - x
    - true
  b:
    c: null
  d: {}
  e: []
  f: |
    one
    two
)");
  EXPECT_EQ(write_yaml("012"), "'012'\n");
  EXPECT_EQ(write_yaml(Json("a\x01")), "\"a\\x01\"\n");
}

TEST(Yaml, WritesKeysOfAnyLength) {
  const Json value = JsonObject{{std::string(5000, 'k'), JsonArray{1, 2}},
                                {"two\nlines", JsonObject{{std::string(2000, 'm'), "v"}}},
                                {"", "empty"},
                                {std::string(200, 'n'), "a\nb"}};
  EXPECT_EQ(read(write_yaml(value)), value);
}

TEST(Yaml, FindsLines) {
  const auto document = parse_located_yaml("# head\n- a: 1\n  b:\n  - x\n  - y\n- c\n", {});
  ASSERT_TRUE(document);
  EXPECT_EQ(line_of(*document, {"0"}), 2);
  EXPECT_EQ(line_of(*document, {"0", "b", "1"}), 5);
  EXPECT_EQ(line_of(*document, {"0", "b", "7"}), 4);
  EXPECT_EQ(line_of(*document, {"1"}), 6);
}

}  // namespace
}  // namespace qd::codec
