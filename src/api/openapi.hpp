// The API as an OpenAPI 3.1 document, made of the route table and the notes of api/reference.hpp.
// Format: https://spec.openapis.org/oas/v3.1.0
#pragma once

#include <span>
#include <string>

#include "api/route.hpp"
#include "base/json.hpp"

namespace qd::api {

struct OpenApiSubject {
  int version = kCurrentVersion;  // routes that are newer are left out
  std::string product_version;
  std::string server_url;  // in front of /api/V; "" in the stored document: relative to where it is read
};

JsonObject openapi_document(std::span<const Route> routes, const OpenApiSubject& subject);

// JSON with an indentation of one blank, a line for each member, for documents that are kept in a repository.
std::string readable_json(const Json& value);

}  // namespace qd::api
