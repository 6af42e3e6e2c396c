// Switches that turn after a while: the execution mode of this server, executions and schedules of a project.
#include "api/answers.hpp"
#include "api/route.hpp"

namespace qd::api {
namespace {

// What is wrong with a request is in `msg`, as the peer has it; who may not ask gets the usual error.
http::Response later_answer(const Result<service::LaterAnswer>& done) {
  if (!done && done.error().kind != ErrorKind::invalid) return error_answer(done.error());
  if (!done) return json_answer(JsonObject{{"saved", false}, {"msg", done.error().message}}, 400);
  JsonObject object{{"saved", done->saved}, {"msg", done->message}};
  if (done->saved) object["at"] = iso8601(done->due);
  return json_answer(object);
}

http::Response system_later(Call& call, bool enable) {
  const auto body = call.json_body();
  if (!body) return later_answer(fail(body.error()));
  return later_answer(call.services.later.system(call.who, enable, text_or(*body, "value")));
}

http::Response project_later(Call& call, bool enable) {
  const auto body = call.json_body();
  if (!body) return later_answer(fail(body.error()));
  return later_answer(call.services.later.project(call.who, call.param("project"), text_or(*body, "type"), enable,
                                                  text_or(*body, "value")));
}

http::Response enable_system(Call& call) {
  return system_later(call, true);
}
http::Response disable_system(Call& call) {
  return system_later(call, false);
}
http::Response enable_project(Call& call) {
  return project_later(call, true);
}
http::Response disable_project(Call& call) {
  return project_later(call, false);
}

}  // namespace

const std::vector<Route>& later_routes() {
  static const std::vector<Route> kRoutes{
      {"POST", "system/executions/enable/later", 34, {"system", "admin"}, enable_system},
      {"POST", "system/executions/disable/later", 34, {"system", "admin"}, disable_system},
      {"POST", "project/{project}/enable/later", 34, {"project", "admin"}, enable_project},
      {"POST", "project/{project}/disable/later", 34, {"project", "admin"}, disable_project},
  };
  return kRoutes;
}

}  // namespace qd::api
