// The peer's license, for clients and monitors that ask for it: here none is needed, and none ends.
#include "api/answers.hpp"
#include "api/route.hpp"

namespace qd::api {
namespace {

http::Response get_license(Call& call) {
  const auto& member = call.services.system.member();
  return json_answer(JsonObject{{"company", ""},
                                {"contactEmail", ""},
                                {"application", "quarterdeck"},
                                {"editions", JsonArray{"QUARTERDECK"}},
                                {"applicationVersion", JsonArray{Json(member.version)}},
                                {"serverUUIDs", JsonArray{Json(member.server_uuid)}},
                                {"gracePeriod", 0},
                                {"type", "NONE"},
                                {"issueDate", nullptr},
                                {"validUntil", nullptr},
                                {"validSince", nullptr},
                                {"graceUntil", nullptr},
                                {"licenseId", nullptr},
                                {"perpetual", true},
                                {"invalidCode", nullptr},
                                {"remaining", nullptr},
                                {"state", "ACTIVE"},
                                {"active", true},
                                {"shouldWarn", false},
                                {"baseUrl", nullptr},
                                {"edition", "QUARTERDECK"},
                                {"reason", "Quarterdeck needs no license."},
                                {"warning", nullptr}});
}

// Scripts that install a server send one.
http::Response set_license(Call&) {
  return json_answer(JsonObject{{"message", "OK"}, {"detail", "Quarterdeck needs no license: nothing was kept."}});
}

}  // namespace

const std::vector<Route>& license_routes() {
  static const std::vector<Route> kRoutes{
      {"GET", "enterprise/license", 41, {"system", "read"}, get_license},
      {"POST", "enterprise/license", 41, {"system", "admin"}, set_license},
  };
  return kRoutes;
}

}  // namespace qd::api
