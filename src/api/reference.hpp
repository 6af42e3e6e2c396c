// What the reference tells of routes beside the route table: a sentence, the parameters of the query, the body that is
// taken and the answer that comes back. One file per resource family, like the routes; a test asks for a note of every
// route.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/json.hpp"

namespace qd::api {

// Words are separated by spaces. A word of `body` and `answer` is the name of a shape ("Job"; "[Job]" is a list of
// them), a media type ("text/yaml"), or `json` for JSON of no fixed shape. `answer` may begin with a status other than
// 200; empty is 204 without content.
struct RouteNote {
  std::string_view route;  // method and pattern, as the route table has them
  std::string_view summary;
  std::string_view query;  // names of query_notes()
  std::string_view body;
  std::string_view answer;
};

struct QueryNote {
  std::string_view name;
  std::string_view type;  // of JSON Schema
  std::string_view meaning;
};

struct ShapeNote {
  std::string_view name;
  JsonObject schema;  // of JSON Schema 2020-12; members that are not listed may be there, too
};

std::span<const RouteNote> project_notes();
std::span<const RouteNote> job_notes();
std::span<const RouteNote> execution_notes();
std::span<const RouteNote> cluster_notes();
std::span<const RouteNote> access_notes();
std::span<const RouteNote> exchange_notes();

// All of the above; nullptr: nobody wrote one.
const RouteNote* note_of(std::string_view method, std::string_view pattern);
std::vector<RouteNote> all_notes();

std::span<const QueryNote> query_notes();
const std::vector<ShapeNote>& shape_notes();

}  // namespace qd::api
