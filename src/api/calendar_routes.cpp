// Calendars of the system and of projects.
#include "api/answers.hpp"
#include "api/route.hpp"
#include "base/text.hpp"
#include "service/errors.hpp"

namespace qd::api {
namespace {

// The routes of the system have no such parameter: "" means the system.
const std::string& project_of(const Call& call) {
  return call.param("project");
}

http::Response list_calendars(Call& call) {
  const auto found = call.services.calendars.list(call.who, project_of(call));
  return answer(found, [](const std::vector<model::Calendar>& calendars) {
    JsonArray list;
    for (const model::Calendar& calendar : calendars) list.push_back(model::calendar_to_json(calendar));
    return json_answer(list);
  });
}

http::Response save_calendar(Call& call) {
  auto body = call.json_body();
  if (!body) return error_answer(body.error());
  (*body)["level"] = project_of(call).empty() ? "system" : "project";  // the path says it, whatever the body says
  auto calendar = model::calendar_from_json(Json(*body));
  if (!calendar) return error_answer(calendar.error());
  const auto saved = call.services.calendars.save(call.who, project_of(call), std::move(*calendar));
  return answer(saved, [](const model::Calendar& done) { return json_answer(model::calendar_to_json(done)); });
}

http::Response delete_calendar(Call& call) {
  const auto id = base::parse_int(call.param("id"));
  if (!id) return error_answer(service::no_such("Calendar", call.param("id")).value());
  return answer(call.services.calendars.remove(call.who, project_of(call), *id), no_content);
}

}  // namespace

const std::vector<Route>& calendar_routes() {
  static const std::vector<Route> kRoutes{
      {"GET", "system/calendars", 41, {"system", "read"}, list_calendars},
      {"POST", "system/calendars", 41, {"system", "configure"}, save_calendar},
      {"DELETE", "system/calendars/{id}", 41, {"system", "configure"}, delete_calendar},
      {"GET", "project/{project}/calendars", 41, {"project", "read"}, list_calendars},
      {"POST", "project/{project}/calendars", 41, {"project", "configure"}, save_calendar},
      {"DELETE", "project/{project}/calendars/{id}", 41, {"project", "configure"}, delete_calendar},
  };
  return kRoutes;
}

}  // namespace qd::api
