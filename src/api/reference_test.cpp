// The notes of the reference against the table of routes.
#include "api/reference.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>

#include "api/openapi.hpp"
#include "api/route.hpp"
#include "base/text.hpp"

namespace qd::api {
namespace {

bool knows_shape(std::string word) {
  if (word.starts_with('[')) word = word.substr(1, word.size() - 2);
  return std::ranges::any_of(shape_notes(), [&](const ShapeNote& shape) { return shape.name == word; });
}

TEST(Reference, EveryRouteHasANote) {
  for (const Route& route : all_routes()) {
    const RouteNote* note = note_of(route.method, route.pattern);
    ASSERT_NE(note, nullptr) << "src/api/reference_*.cpp lacks " << route.method << " " << route.pattern;
    EXPECT_FALSE(note->summary.empty()) << note->route;
  }
}

TEST(Reference, EveryNoteHasARoute) {
  std::set<std::string> routes;
  for (const Route& route : all_routes()) routes.insert(std::string(route.method) + " " + route.pattern);
  std::set<std::string_view> seen;
  for (const RouteNote& note : all_notes()) {
    EXPECT_TRUE(routes.contains(std::string(note.route))) << note.route << " is no route any more";
    EXPECT_TRUE(seen.insert(note.route).second) << note.route << " has two notes";
  }
}

TEST(Reference, NotesNameKnownParametersAndShapes) {
  std::set<std::string_view> used;
  const auto parameters = query_notes();
  for (const RouteNote& note : all_notes()) {
    for (const auto& name : base::split_trimmed(note.query, ' ')) {
      const auto found = std::ranges::find(parameters, name, &QueryNote::name);
      ASSERT_NE(found, parameters.end()) << note.route << ": " << name;
      used.insert(found->name);
    }
    for (const auto text : {note.body, note.answer}) {
      for (const auto& word : base::split_trimmed(text, ' ')) {
        const bool known =
            word == "json" || word.find('/') != std::string::npos || base::parse_int(word) || knows_shape(word);
        EXPECT_TRUE(known) << note.route << ": " << word;
      }
    }
  }
  for (const QueryNote& parameter : parameters) EXPECT_TRUE(used.contains(parameter.name)) << parameter.name;
}

TEST(OpenApi, LeavesOutRoutesOfLaterVersions) {
  const auto routes = all_routes();
  const auto paths = [&](int version) { return openapi_document(routes, {version, "1", ""}).at("paths").as_object(); };
  EXPECT_TRUE(paths(kCurrentVersion).contains("/user/roles"));  // since 30
  EXPECT_FALSE(paths(20).contains("/user/roles"));
  EXPECT_TRUE(paths(20).contains("/job/{id}/info"));  // since 18
}

TEST(OpenApi, ReadableJsonIsTheSameValue) {
  const Json value =
      JsonObject{{"a", JsonArray{1, "x"}}, {"b", JsonObject{{"c", JsonArray{JsonObject{{"d", nullptr}}}}}}};
  const auto text = readable_json(value);
  EXPECT_EQ(text, "{\n \"a\": [1,\"x\"],\n \"b\": {\n  \"c\": [\n   {\n    \"d\": null\n   }\n  ]\n }\n}\n");
  EXPECT_EQ(*parse_json(text), value);
}

}  // namespace
}  // namespace qd::api
