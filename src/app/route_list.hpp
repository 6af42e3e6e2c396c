// The API's routes as a document, for the reference and for tests.
#pragma once

#include <string>

namespace qd::app {

// A JSON list of {method, path, since, resource, action}; without resource and action: whoever is logged in.
std::string route_list();
// The API as docs/openapi.json has it: an OpenAPI document of the newest version.
std::string openapi_text();

}  // namespace qd::app
