#include "model/node_filter.hpp"

#include <gtest/gtest.h>

namespace qd::model {
namespace {

std::vector<Node> sample() {
  const auto node = [](const char* name, std::set<std::string> tags, std::map<std::string, std::string> attributes) {
    Node made;
    made.name = name;
    made.tags = std::move(tags);
    made.attributes = std::move(attributes);
    return made;
  };
  return {node("web1", {"www", "prod"}, {{"hostname", "web1.example"}, {"osFamily", "unix"}, {"rack", "a 1"}}),
          node("web2", {"www", "test"}, {{"hostname", "web2.example"}, {"osFamily", "unix"}}),
          node("db1", {"db", "prod"}, {{"hostname", "db1.example"}, {"osFamily", "windows"}, {"rack", "b2"}})};
}

std::string select(const std::string& filter, const std::string& exclude = "", bool precedence = true) {
  std::string names;
  for (const auto& node : NodeFilter::parse(filter, exclude, precedence).select(sample())) names += node.name + " ";
  return names;
}

TEST(NodeFilter, SelectsAsDocumented) {
  struct Case {
    const char* filter;
    const char* selected;
  };
  for (const auto& [filter, selected] : std::vector<Case>{
           {"web1", "web1 "},
           {"name: web1", "web1 "},
           {"nodename:web1", "web1 "},
           {"web.*", "web1 web2 "},
           {"/web./", "web1 web2 "},
           {"web1,db1", "web1 db1 "},
           {"web1 db1", "web1 db1 "},
           {"name: web1 name: web2", "web1 web2 "},
           {"web", ""},
           {".*", "web1 web2 db1 "},
           {"", ""},
           {"   ", ""},
           {"tags: www+prod", "web1 "},
           {"tags: www+prod,db", "web1 db1 "},
           {"tags: w.*", "web1 web2 "},
           {"tags: w.*+pro.", "web1 "},
           {"tags: nothing", ""},
           {"tags: prod hostname: db1.example,other", "db1 "},
           {"os-family: unix !name: web2", "web1 "},
           {"!tags: www", "db1 "},
           {"!name: web1 !name: web2", "db1 "},
           {"rack: \"a 1\"", "web1 "},
           {"rack: .*", "web1 db1 "},
           {"rack: (", ""},
           {"osFamily: windows", "db1 "},
           {"web1 !nodename: mynode2", "web1 "},
           {"name:", ""},
       }) {
    EXPECT_EQ(select(filter), selected) << filter;
  }
}

TEST(NodeFilter, PrecedenceDecidesBetweenIncludeAndExclude) {
  EXPECT_EQ(select("tags: www", "tags: prod"), "web2 ");
  EXPECT_EQ(select("tags: www", "tags: prod", false), "web1 web2 ");
  EXPECT_EQ(select("name: web1 !tags: www", "", false), "web1 db1 ");
}

TEST(NodeFilter, KnowsWhenItIsEmpty) {
  EXPECT_TRUE(NodeFilter::parse("").empty());
  EXPECT_TRUE(NodeFilter::parse("name: ''").empty());
  EXPECT_FALSE(NodeFilter::parse("!web1").empty());
}

}  // namespace
}  // namespace qd::model
