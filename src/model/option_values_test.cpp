#include "model/option_values.hpp"

#include <gtest/gtest.h>

namespace qd::model {
namespace {

Json parsed(std::string_view text) {
  auto value = parse_json(text);
  EXPECT_TRUE(value) << text;
  return value ? *value : Json();
}

TEST(OptionValues, UrlsAreFilledForTheirPlace) {
  UrlWords words;
  words.option = "branch";
  words.options = {{"repo", "a b/c&d"}};
  words.job = {{"name", "my job"}, {"user.name", "ann"}};
  words.rundeck = {{"nodename", "n1"}};
  words.globals = {{"region", "eu"}};
  EXPECT_EQ(
      expand_values_url(
          "http://h/${option.repo.value}/x?o=${option.name}&r=${option.repo.value}&n=${option.none.value}", words),
      "http://h/a%20b%2Fc%26d/x?o=branch&r=a+b%2Fc%26d&n=");
  EXPECT_EQ(
      expand_values_url("https://h/?j=${job.name}&u=${job.user.name}&g=${globals.region}&s=${rundeck.nodename}", words),
      "https://h/?j=my+job&u=ann&g=eu&s=n1");
  EXPECT_EQ(expand_values_url("file:/tmp/${option.repo.value}.json", words), "file:/tmp/a b/c&d.json");
  EXPECT_EQ(expand_values_url("http://h/${job.unknown}${other}${open", words), "http://h/${job.unknown}${other}${open");
  EXPECT_EQ(url_dependencies("${option.a.value}${option.b.value}${option.a.value}${option.name}"),
            (std::vector<std::string>{"a", "b"}));
  const auto settings = split_url_settings("http://h/x#timeout=60;contimeout=5;retry=x;other=1");
  EXPECT_EQ(settings.url, "http://h/x");
  EXPECT_EQ(settings.numbers, (std::map<std::string, std::int64_t>{{"timeout", 60}, {"contimeout", 5}, {"other", 1}}));
}

TEST(OptionValues, EveryShapeIsRead) {
  using Values = std::vector<RemoteValue>;
  EXPECT_EQ(*read_remote_values(parsed(R"(["b","a"])"), false), (Values{{"b", "b"}, {"a", "a"}}));
  EXPECT_EQ(*read_remote_values(parsed(R"(["b","a"])"), true), (Values{{"a", "a"}, {"b", "b"}}));
  EXPECT_EQ(*read_remote_values(parsed(R"({"N":"v","M":2})"), false), (Values{{"N", "v"}, {"M", "2"}}));
  EXPECT_EQ(
      *read_remote_values(parsed(R"([{"name":"X","value":"x","selected":true},{"name":"Y","value":"y"}])"), false),
      (Values{{"X", "x", true}, {"Y", "y"}}));
  EXPECT_TRUE(read_remote_values(parsed("[]"), false)->empty());
  const auto wrong = read_remote_values(parsed(R"([{"name":"X"},7])"), false);
  EXPECT_EQ(wrong.error().message,
            "Failed parsing remote option values: Item: 0 has no 'value' entry\n"
            "Item: 1 expected string or map like {name:\"..\",value:\"..\"}");
  EXPECT_FALSE(read_remote_values(parsed("7"), false));
}

TEST(OptionValues, PathsFindTheirValues) {
  const Json document = parsed(R"([{"id":1,"a":{"b":["x","y","z"],"c d":2}},{"id":2,"a":{"b":[]}}])");
  const auto found = [&](const char* path) {
    const auto value = json_path(document, path);
    return value ? boost::json::serialize(*value) : "error: " + value.error().message;
  };
  EXPECT_EQ(found("$[0].a.b"), R"(["x","y","z"])");
  EXPECT_EQ(found("$.[0].a['c d']"), "2");
  EXPECT_EQ(found("$[*].id"), "[1,2]");
  EXPECT_EQ(found("$..id"), "[1,2]");
  EXPECT_EQ(found("$[-1].id"), "2");
  EXPECT_EQ(found("$[0].a.b[1:]"), R"(["y","z"])");
  EXPECT_EQ(found("$[0].a.*"), R"([["x","y","z"],2])");
  EXPECT_EQ(found("$[7].id"), R"(error: The JSON path "$[7].id" names nothing in the answer.)");
  for (const char* path : {"$[?(@.id==1)]", "$[", "$x", "$."})
    EXPECT_TRUE(found(path).starts_with("error: The JSON path")) << path;
}

}  // namespace
}  // namespace qd::model
