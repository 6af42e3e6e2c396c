#include "api/route_table.hpp"

#include <gtest/gtest.h>

namespace qd::api {
namespace {

http::Request request(std::string method, std::string path) {
  http::Request request;
  request.method = std::move(method);
  request.raw_path = request.path = std::move(path);
  return request;
}

TEST(RouteTable, KnowsWhereARequestLeads) {
  const RouteTable table("");
  const auto place = table.find(request("GET", "/api/59/job/a%2Fb/executions"));
  ASSERT_TRUE(place && place->route != nullptr);
  EXPECT_STREQ(place->route->pattern, "job/{id}/executions");
  EXPECT_EQ(place->version, "59");
  EXPECT_EQ(place->params.at("id"), "a/b");
  EXPECT_EQ(place->shown_path, "/api/59/job/a%2Fb/executions");
  EXPECT_EQ(table.find(request("HEAD", "/api/59/job/x/executions"))->route, place->route);
}

TEST(RouteTable, TellsWhatIsNoRoute) {
  const RouteTable table("");
  EXPECT_FALSE(table.find(request("GET", "/apiary")));
  EXPECT_FALSE(table.find(request("GET", "/")));
  const auto nowhere = table.find(request("GET", "/api/59/nothing/here"));
  ASSERT_TRUE(nowhere);
  EXPECT_EQ(nowhere->route, nullptr);
  EXPECT_TRUE(nowhere->allowed.empty());
  const auto other_method = table.find(request("PATCH", "/api/59/job/x/run"));
  EXPECT_EQ(other_method->route, nullptr);
  EXPECT_EQ(other_method->allowed, std::vector<std::string>{"POST"});
  for (const char* root : {"/api/59", "/api/59/"}) EXPECT_TRUE(table.find(request("GET", root))->root) << root;
}

TEST(RouteTable, LooksBelowTheContextPath) {
  const RouteTable table("/ops");
  EXPECT_NE(table.find(request("GET", "/ops/api/59/projects"))->route, nullptr);
  EXPECT_NE(table.find(request("GET", "/api/59/projects"))->route, nullptr);
  EXPECT_FALSE(table.find(request("GET", "/other/api/59/projects")));
}

TEST(RouteTable, ShowsNoTokenOfAPathWhateverItsMethodAndSpelling) {
  const RouteTable table("");
  for (const char* method : {"POST", "GET", "DELETE"}) {
    for (const char* path : {"/api/59/webhook/s3cret", "/api/59/%77ebhook/s3cret"}) {
      const auto place = table.find(request(method, path));
      ASSERT_TRUE(place);
      EXPECT_EQ(place->token, "s3cret") << method << " " << path;
      EXPECT_EQ(place->shown_path, "/api/59/webhook/…") << method << " " << path;
    }
  }
  EXPECT_FALSE(table.find(request("GET", "/api/59/project/p/webhook/7"))->token);
}

TEST(RouteTable, TakesTheBodyAsItsRouteSays) {
  const RouteTable table("");
  const auto limit = [&](const char* method, const char* path) {
    return table.intake(request(method, path)).most_bytes / kMiB;
  };
  EXPECT_EQ(limit("POST", "/api/59/job/x/input/file"), 200u);
  EXPECT_EQ(limit("POST", "/api/59/job/x/input/file/option"), 200u);
  EXPECT_EQ(limit("POST", "/api/59/project/p/jobs/import"), 32u);
  EXPECT_EQ(limit("POST", "/api/59/project/p/run/script"), 32u);
  EXPECT_EQ(limit("POST", "/api/59/webhook/s3cret"), 2u);
  EXPECT_EQ(limit("POST", "/api/59/project/p/webhook/7"), 8u);
  EXPECT_EQ(limit("POST", "/j_security_check"), 8u);
  EXPECT_TRUE(table.intake(request("PUT", "/api/59/project/p/import")).to_disk);
  EXPECT_FALSE(table.intake(request("POST", "/api/59/project/p/import")).to_disk);
  EXPECT_FALSE(table.intake(request("PUT", "/api/59/project/p/jobs/import")).to_disk);
}

// Without its name the dispatcher finds no login in the path.
TEST(RouteTable, FindsATokenWhereARouteSaysSo) {
  for (const Route& route : all_routes()) {
    if (!route.intake.token_in_path) continue;
    EXPECT_NE(std::string_view(route.pattern).find("{token}"), std::string_view::npos) << route.pattern;
  }
}

}  // namespace
}  // namespace qd::api
