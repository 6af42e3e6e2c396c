#include "http/router.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdexcept>

namespace qd::http {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

TEST(Router, FindsLiteralsAndParameters) {
  Router router;
  const auto list = router.add("GET", "api/{version}/projects");
  const auto run = router.add("POST", "/api/{version}/job/{id}/run");
  EXPECT_EQ(router.find("GET", "/api/41/projects").match->route, list);
  const auto found = router.find("POST", "api/41/job/r2d2/run");
  ASSERT_TRUE(found.match);
  EXPECT_EQ(found.match->route, run);
  EXPECT_THAT(found.match->params, UnorderedElementsAre(Pair("version", "41"), Pair("id", "r2d2")));
}

TEST(Router, LiteralWinsButAParameterIsTriedWhenTheLiteralLeadsNowhere) {
  Router router;
  const auto literal = router.add("GET", "job/new/form");
  const auto parameter = router.add("GET", "job/{id}/run");
  const auto one = router.add("GET", "job/{id}");
  const auto fresh = router.add("GET", "job/new");
  EXPECT_EQ(router.find("GET", "/job/new/form").match->route, literal);
  EXPECT_EQ(router.find("GET", "/job/new/run").match->route, parameter);
  EXPECT_EQ(router.find("GET", "/job/new").match->route, fresh);
  EXPECT_EQ(router.find("GET", "/job/old").match->route, one);
}

TEST(Router, ThePathAloneChoosesThePattern) {
  Router router;
  router.add("POST", "jobs/import");
  router.add("GET", "jobs/{id}");
  router.add("GET", "{page*}");
  const auto found = router.find("GET", "/jobs/import");
  EXPECT_FALSE(found.match);
  EXPECT_THAT(found.allowed, ElementsAre("POST"));
}

TEST(Router, NamesTheMethodsOfAPathAndNothingForAnUnknownOne) {
  Router router;
  router.add("GET", "a/{x}");
  router.add("DELETE", "a/{y}");
  EXPECT_THAT(router.find("PUT", "/a/1").allowed, UnorderedElementsAre("GET", "DELETE"));
  EXPECT_THAT(router.find("DELETE", "/a/1").match->params, UnorderedElementsAre(Pair("y", "1")));
  const auto unknown = router.find("GET", "/b");
  EXPECT_FALSE(unknown.match);
  EXPECT_THAT(unknown.allowed, IsEmpty());
  EXPECT_FALSE(router.find("GET", "/a").match);
  EXPECT_FALSE(router.find("GET", "/a/1/2").match);
}

TEST(Router, HeadFindsTheRouteOfGetUnlessItHasItsOwn) {
  Router router;
  const auto get = router.add("GET", "a");
  router.add("GET", "b");
  const auto head = router.add("HEAD", "b");
  EXPECT_EQ(router.find("HEAD", "/a").match->route, get);
  EXPECT_EQ(router.find("HEAD", "/b").match->route, head);
}

TEST(Router, RestTakesSlashesAndMayBeEmpty) {
  Router router;
  router.add("GET", "storage/keys/{path*}");
  const auto path_of = [&](std::string_view path) { return router.find("GET", path).match->params.at("path"); };
  EXPECT_EQ(path_of("/storage/keys/a/b%20c/d"), "a/b c/d");
  EXPECT_EQ(path_of("/storage/keys/a/"), "a/");
  EXPECT_EQ(path_of("/storage/keys/"), "");
  EXPECT_EQ(path_of("/storage/keys"), "");
}

TEST(Router, CutsFirstAndDecodesOnceAfterwards) {
  Router router;
  router.add("GET", "node/{name}/info");
  const auto name_of = [&](std::string_view path) { return router.find("GET", path).match->params.at("name"); };
  EXPECT_EQ(name_of("/node/a%2Fb/info"), "a/b");
  EXPECT_EQ(name_of("/node/100%2525/info"), "100%25");
  EXPECT_EQ(name_of("/n%6fde/%C3%A9/info"), "\xC3\xA9");
  EXPECT_FALSE(router.find("GET", "/node/a/b/info").match);
  EXPECT_FALSE(router.find("GET", "/node/%zz/info").match);
  EXPECT_FALSE(router.find("GET", "/node//info").match);
}

TEST(Router, IgnoresOneTrailingSlash) {
  Router router;
  router.add("GET", "projects");
  const auto root = router.add("GET", "");
  EXPECT_TRUE(router.find("GET", "/projects/").match);
  EXPECT_FALSE(router.find("GET", "/projects//").match);
  EXPECT_EQ(router.find("GET", "/").match->route, root);
}

TEST(Router, RefusesDuplicatesAndMalformedPatterns) {
  Router router;
  router.add("GET", "a/{x}");
  EXPECT_THROW(router.add("GET", "a/{y}"), std::logic_error);
  for (const char* pattern : {"a//b", "{", "{}", "{x*}/b", "a{x}", "{x}y", "a*", "{{x}}"}) {
    EXPECT_THROW(router.add("GET", pattern), std::logic_error) << pattern;
  }
}

TEST(Router, HoldsTwoHundredRoutes) {
  Router router;
  for (int i = 0; i < 200; ++i) {
    const std::string name = "family" + std::to_string(i / 4);
    static constexpr const char* kShapes[] = {"", "/{id}", "/{id}/items", "/{id}/items/{item}"};
    EXPECT_EQ(router.add("GET", "api/{version}/" + name + kShapes[i % 4]), static_cast<std::size_t>(i));
  }
  for (int i = 0; i < 200; ++i) {
    const std::string name = "family" + std::to_string(i / 4);
    static constexpr const char* kPaths[] = {"", "/x", "/x/items", "/x/items/y"};
    const auto found = router.find("GET", "/api/59/" + name + kPaths[i % 4]);
    ASSERT_TRUE(found.match) << i;
    EXPECT_EQ(found.match->route, static_cast<std::size_t>(i));
  }
}

}  // namespace
}  // namespace qd::http
