// What became of the notifications of an execution.
#include "api/answers.hpp"
#include "api/route.hpp"

namespace qd::api {
namespace {

JsonObject delivery_json(const store::Delivery& delivery) {
  JsonObject object{{"id", delivery.id},
                    {"trigger", delivery.trigger},
                    {"type", delivery.kind == "plugin" ? delivery.type : delivery.kind},
                    {"target", delivery.target},
                    {"status", delivery.state},
                    {"attempts", delivery.attempts},
                    {"created", iso8601_millis(delivery.created)},
                    {"message", delivery.outcome}};
  if (delivery.ended) object["ended"] = iso8601_millis(*delivery.ended);
  if (!delivery.ended && delivery.attempts > 0) object["next"] = iso8601_millis(delivery.due);
  return object;
}

http::Response list_of_execution(Call& call) {
  const auto execution = call.services.executions.find(call.who, call.param("id"), "view");
  if (!execution) return error_answer(execution.error());
  JsonArray list;
  for (const auto& delivery : call.services.notifications.of(*execution)) list.push_back(delivery_json(delivery));
  return json_answer(JsonObject{{"notifications", std::move(list)}});
}

}  // namespace

const std::vector<Route>& notification_routes() {
  static const std::vector<Route> kRoutes{
      {"GET", "execution/{id}/notifications", 14, {"execution", "read"}, list_of_execution}};
  return kRoutes;
}

}  // namespace qd::api
