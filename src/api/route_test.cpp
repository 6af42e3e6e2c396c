// Deny by default: what the route table must say about every route.
#include "api/route.hpp"

#include <gtest/gtest.h>
#include <set>
#include <string>

#include "http/router.hpp"

namespace qd::api {
namespace {

std::string shown(const Route& route) {
  return std::string(route.method) + " " + route.pattern;
}

// Whoever is logged in may call these; the use case filters what he sees or checks whose thing it is.
const std::set<std::string> kLoginOnly{
    "GET projects",
    "GET tokens",
    "GET tokens/{user}",
    "POST tokens",
    "POST tokens/{user}",
    "GET token/{id}",
    "DELETE token/{id}",
    "POST token/{id}/rotate",
    "DELETE tokens/expired",
    "GET user/info",
    "POST user/info",
    "GET user/roles",
    "GET user/info/{login}",
    "POST user/info/{login}",
    "POST acl/explain",
    "POST acl/can",
    "GET acl/catalog",
    "GET plugin/list",
    "GET plugin/detail/{service}/{name}",
    "POST tokens/{user}/removeExpired",
    "GET authorizations/application/{kind}",
    "GET authorizations/application/{type}/{specifier}",
    "GET authorizations/project/{project}/{kind}",
    "GET authorizations/project/{project}/job/{specifier}",
    "GET authorizations/project/{project}/{type}/{specifier}",
    "GET feature",
    "GET feature/{name}",
    "GET home/summary",
    "GET openapi.json",
};

TEST(Routes, EveryRouteNamesItsDecision) {
  for (const Route& route : all_routes()) {
    const bool decided = *route.needs.resource != '\0' && *route.needs.action != '\0';
    EXPECT_NE(decided, kLoginOnly.contains(shown(route))) << shown(route);
  }
}

TEST(Routes, AreDistinctAndComplete) {
  http::Router router;
  for (const Route& route : all_routes()) {
    EXPECT_NO_THROW(router.add(route.method, route.pattern)) << shown(route);
    EXPECT_NE(route.handle, nullptr) << shown(route);
    EXPECT_GE(route.since, kMinimumVersion) << shown(route);
    EXPECT_LE(route.since, kCurrentVersion) << shown(route);
  }
}

TEST(Routes, LiteralsWinOverParameters) {
  http::Router router;
  std::size_t output_state = 0;
  for (const Route& route : all_routes()) {
    const std::size_t id = router.add(route.method, route.pattern);
    if (shown(route) == "GET execution/{id}/output/state") output_state = id;
  }
  const auto found = router.find("GET", "/execution/12/output/state");
  ASSERT_TRUE(found.match.has_value());
  EXPECT_EQ(found.match->route, output_state);
  EXPECT_EQ(found.match->params.at("id"), "12");
}

TEST(Routes, KnowTheMethodsOfAPath) {
  http::Router router;
  for (const Route& route : all_routes()) router.add(route.method, route.pattern);
  const auto found = router.find("GET", "/job/x/run");
  EXPECT_FALSE(found.match.has_value());
  EXPECT_EQ(found.allowed, std::vector<std::string>{"POST"});
}

}  // namespace
}  // namespace qd::api
