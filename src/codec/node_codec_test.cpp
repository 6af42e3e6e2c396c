#include "codec/node_codec.hpp"

#include <gtest/gtest.h>

#include "codec/node_source.hpp"

namespace qd::codec {
namespace {

constexpr NodeFormat kNodeFormats[] = {NodeFormat::xml, NodeFormat::yaml, NodeFormat::json};

model::Node full_node() {
  model::Node node;
  node.name = "web 1";
  node.tags = {"www", "prod"};
  node.attributes = {{"hostname", "192.0.2.1:2022"},
                     {"username", "deploy"},
                     {"description", "it's \"quoted\" & <odd>"},
                     {"osFamily", "unix"},
                     {"app-port", "8080"},
                     {"web:state", "RUNNING"},
                     {"version", "1.10"},
                     {"yes", "no"},
                     {"text", "two\nlines"},
                     {"empty", ""},
                     {"ssh-key-storage-path", "keys/a b"},
                     {"ümlaut", "grün"}};
  return node;
}

std::vector<model::Node> decoded(std::string_view text, NodeFormat format) {
  auto nodes = decode_nodes(text, format);
  EXPECT_TRUE(nodes) << (nodes ? "" : nodes.error().message);
  return nodes ? *nodes : std::vector<model::Node>();
}

std::string error_of(std::string_view text, NodeFormat format) {
  const auto nodes = decode_nodes(text, format);
  return nodes ? "no error" : nodes.error().message;
}

TEST(NodeCodec, GivesBackWhatItWrote) {
  model::Node bare;
  bare.name = "bare";
  bare.attributes = {{"hostname", "bare"}};
  for (const NodeFormat format : kNodeFormats) {
    const auto text = encode_nodes({full_node(), bare}, format);
    EXPECT_EQ(decoded(text, format), (std::vector<model::Node>{full_node(), bare})) << text;
    EXPECT_TRUE(decoded(encode_nodes(std::vector<model::Node>(), format), format).empty());
  }
}

TEST(NodeCodec, WritesAsThePeerDoes) {
  model::Node node;
  node.name = "web1";
  node.tags = {"test", "api"};
  node.attributes = {{"hostname", "w"}, {"a:b", "c"}};
  EXPECT_EQ(encode_nodes({node}, NodeFormat::yaml),
            "web1:\n  nodename: web1\n  a:b: c\n  hostname: w\n  tags: 'api, test'\n");
  EXPECT_EQ(encode_nodes({node}, NodeFormat::json),
            R"({"web1":{"nodename":"web1","a:b":"c","hostname":"w","tags":"api, test"}})");
  EXPECT_EQ(
      encode_nodes({node}, NodeFormat::xml),
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\n<project>\n"
      "  <node name=\"web1\" description=\"\" tags=\"api, test\" hostname=\"w\" osArch=\"\" osFamily=\"\" osName=\"\""
      " osVersion=\"\" username=\"\" editUrl=\"\" remoteUrl=\"\">\n"
      "    <attribute name=\"a:b\" value=\"c\"/>\n  </node>\n</project>\n");
}

TEST(NodeCodec, ReadsEveryDocumentedForm) {
  const auto xml = decoded(R"(<?xml version="1.0"?>
<!DOCTYPE project PUBLIC "-//DTO Labs Inc.//DTD Resources Document 1.0//EN" "project.dtd">
<project><node name="a" type="Node" hostname="h:22" tags="x, y,"/>
<node name="b"><attribute name="port" value="1"/><attribute name="path">/a &amp; b</attribute></node></project>)",
                           NodeFormat::xml);
  ASSERT_EQ(xml.size(), 2u);
  EXPECT_EQ(xml[0].tags, (std::set<std::string>{"x", "y"}));
  EXPECT_EQ(xml[0].attribute("type"), "Node");
  EXPECT_EQ(xml[1].attribute("path"), "/a & b");

  const auto map = decoded(
      "a:\n  hostname: h\n  tags: [x, y]\n  port: 0x10\n  on: yes\nb:\n  tags: 'x,y'\n  nodename: other\n"
      "  none: ~\n",
      NodeFormat::yaml);
  ASSERT_EQ(map.size(), 2u);
  EXPECT_EQ(map[0].attributes, (std::map<std::string, std::string>{{"hostname", "h"}, {"port", "16"}, {"on", "true"}}));
  EXPECT_EQ(map[0].tags, map[1].tags);
  EXPECT_EQ(map[1].name, "b");

  const auto list =
      decoded("- a:\n  nodename: a\n  hostname: h\n- nodename: b\n  tags:\n    - x\n    - y\n  odd: {k: [1, 2]}\n",
              NodeFormat::yaml);
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[1].tags, (std::set<std::string>{"x", "y"}));
  EXPECT_EQ(list[1].attribute("odd"), "{k=[1, 2]}");

  const auto json = decoded(R"([{"nodename":"a","tags":["x","y"],"port":80,"on":true,"none":null,"deep":{"a":1}}])",
                            NodeFormat::json);
  ASSERT_EQ(json.size(), 1u);
  EXPECT_EQ(json[0].attributes, (std::map<std::string, std::string>{{"port", "80"}, {"on", "true"}}));
  EXPECT_EQ(decoded(R"({"a":{"hostname":"h"}})", NodeFormat::json)[0].name, "a");
}

TEST(NodeCodec, SaysWhichEntryAndLineIsWrong) {
  EXPECT_EQ(error_of("a:\n  hostname: h\nb: 7\n", NodeFormat::yaml),
            "node 2 (\"b\") line 3: the node must be a map of attributes, not \"7\".");
  EXPECT_EQ(error_of("- nodename: a\n- hostname: h\n", NodeFormat::yaml),
            "node 2 line 2: the node needs a text in 'nodename'.");
  EXPECT_EQ(error_of("<project>\n<node name='a'/>\n<node hostname='b'/>\n</project>", NodeFormat::xml),
            "node 2 line 3: the node needs a 'name'.");
  EXPECT_EQ(error_of("<project>\n<node name='a'>\n<attribute value='1'/></node></project>", NodeFormat::xml),
            "node 1 (\"a\") line 3: the node has an <attribute> without a 'name'.");
  EXPECT_EQ(error_of("[\n{\"nodename\": \"a\"},\n{\"hostname\": 1}]", NodeFormat::json),
            "node 2 line 3: the node needs a text in 'nodename'.");
  EXPECT_NE(error_of("<other/>", NodeFormat::xml).find("<project>"), std::string::npos);
  EXPECT_NE(error_of("7", NodeFormat::json).find("map of nodes"), std::string::npos);
  EXPECT_NE(error_of("<project>\n<node", NodeFormat::xml).find("line 2"), std::string::npos);
}

TEST(NodeCodec, RefusesAttacks) {
  EXPECT_NE(error_of("<!DOCTYPE p [<!ENTITY a \"b\">]><project/>", NodeFormat::xml).find("<!DOCTYPE>"),
            std::string::npos);
  std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int n = 0; n < 9; ++n) bomb += "," + before;
    bomb += "]\n";
  }
  EXPECT_NE(error_of(bomb, NodeFormat::yaml).find("too much"), std::string::npos);
  EXPECT_NE(error_of(std::string(200, '['), NodeFormat::json), "no error");
  NodeLimits small;
  small.max_bytes = 3;
  EXPECT_EQ(decode_nodes("a: {}", NodeFormat::yaml, small).error().kind, ErrorKind::too_large);
  EXPECT_NE(error_of("a:\n  b: \xFF\n", NodeFormat::yaml).find("UTF-8"), std::string::npos);
}

TEST(NodeCodec, TheFastReaderAgreesWithTheFullOne) {
  // A comment behind a value is what only the full parser reads.
  const std::string map = "zz:\n  k: v # note\n", list = "- nodename: zz\n  k: v # note\n";
  const std::vector<std::pair<std::string, std::string>> cases{
      {"a:\n  hostname: h\n", map},
      {"---\n# note\na:\n    hostname: 'it''s'\n    b: \"x\"\n\nb:\n    k: 1\n", map},
      {"- nodename: a\n  port: 010\n- nodename: b\n  x: -1\n", list},
      {"  - nodename: a\n    k: v\n  - nodename: b\n    k: off\n", "  - nodename: zz\n    k: v # note\n"},
      {"a:\n  url: http://x:1/y?z=#f\n  'q: k': v\n  tags: [a, b]\n", map},
      {"a:\r\n  k: v\r\n", map},
      {"a:\n  k:\n  l: null\n", map},
      {"host:22:\n  nodename: host:22\n  k: 1.50\n", map},
      {"a:\n  tags: 7\n  version: 10.6.6\n", map}};
  for (const auto& [text, tail] : cases) {
    const auto fast = decode_plain_yaml_nodes(text, {});
    ASSERT_TRUE(fast) << text;
    ASSERT_FALSE(decode_plain_yaml_nodes(text + tail, {}));
    auto full = decoded(text + tail, NodeFormat::yaml);
    ASSERT_FALSE(full.empty());
    EXPECT_EQ(full.back().name, "zz");
    full.pop_back();
    EXPECT_EQ(*fast, full) << text;
  }
  for (const char* text :
       {"a:\n  k: |\n    x\n", "a:\n  k: x # y\n", "a: {k: v}\n", "a:\n  k: v\n    w\n", "a:\n  k: &x v\n",
        "a:\n  <<: {k: v}\n", "a:\n  k: v\n l: w\n", "a:\n  k: \"\\n\"\n", "a:\n\tk: v\n", "a:\nb:\n  k: v\n",
        "- nodename: a\nb:\n  k: v\n", "- k: v\n", "a:\n  k: v\n--- \nb:\n  k: v\n"}) {
    EXPECT_FALSE(decode_plain_yaml_nodes(text, {})) << text;
  }
}

}  // namespace
}  // namespace qd::codec
