// Options of jobs: the values that they may take, and whether a definition is right. The first is ours, the peer asks
// it of its web pages only.
#include "api/answers.hpp"
#include "api/route.hpp"
#include "api/run_options.hpp"
#include "base/text.hpp"
#include "service/option_check.hpp"

namespace qd::api {
namespace {

http::Response option_values(Call& call) {
  auto given = run_options(call);
  if (!given) return error_answer(given.error());
  model::OptionValues chosen = given->options;
  for (const auto& [name, values] : given->lists) chosen[name] = base::join(values, ",");
  const auto choices = call.services.option_values.choices(call.who, call.param("id"), call.param("option"), chosen);
  return answer(choices, [&](const service::OptionChoices& found) {
    JsonArray values, depends_on;
    for (const model::RemoteValue& value : found.values) {
      JsonObject object{{"name", value.name}, {"value", value.value}};
      if (value.selected) object["selected"] = true;
      values.push_back(std::move(object));
    }
    for (const auto& name : found.depends_on) depends_on.push_back(Json(name));
    return json_answer(JsonObject{{"option", call.param("option")},
                                  {"remote", found.remote},
                                  {"dependsOn", std::move(depends_on)},
                                  {"values", std::move(values)}});
  });
}

http::Response validate_option(Call& call) {
  const auto body = call.json_body();
  if (!body) return error_answer(body.error());
  const auto complaints = service::check_option(*body, call.truth("jobWasScheduled"));
  JsonObject messages;
  for (const auto& [field, texts] : complaints) {
    JsonArray list;
    for (const auto& text : texts) list.push_back(Json(text));
    messages[field] = std::move(list);
  }
  return json_answer(JsonObject{{"valid", complaints.empty()}, {"messages", std::move(messages)}},
                     complaints.empty() ? 200 : 400);
}

}  // namespace

const std::vector<Route>& option_routes() {
  static const std::vector<Route> kRoutes{
      {"GET", "job/{id}/option/{option}/values", 14, {"job", "run"}, option_values},
      {"POST", "job/{id}/option/{option}/values", 14, {"job", "run"}, option_values},
      {"POST", "project/{project}/jobs/validateOption", 47, {"project", "read"}, validate_option},
  };
  return kRoutes;
}

}  // namespace qd::api
