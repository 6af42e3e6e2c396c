#include "app/route_list.hpp"

#include "api/openapi.hpp"
#include "api/route.hpp"
#include "app/version.hpp"
#include "base/json.hpp"

namespace qd::app {

std::string route_list() {
  JsonArray list;
  for (const api::Route& route : api::all_routes()) {
    list.push_back(JsonObject{{"method", route.method},
                              {"path", route.pattern},
                              {"since", route.since},
                              {"resource", route.needs.resource},
                              {"action", route.needs.action}});
  }
  return boost::json::serialize(list);
}

std::string openapi_text() {
  return api::readable_json(api::openapi_document(api::all_routes(), {api::kCurrentVersion, kVersion, ""}));
}

}  // namespace qd::app
