// The API's routes as a document, for the reference and for tests.
#pragma once

#include <string>

namespace qd::app {

// A JSON list of {method, path, since, resource, action}; without resource and action: whoever is logged in.
std::string route_list();

}  // namespace qd::app
