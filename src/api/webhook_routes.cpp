// Incoming webhooks. Source: "Webhooks" in the peer's API documentation. Errors have the peer's `err` beside the usual
// members. The list of deliveries and `regenToken` are our own.
#include "api/answers.hpp"
#include "api/links.hpp"
#include "api/requester.hpp"
#include "api/route.hpp"
#include "base/id.hpp"
#include "base/text.hpp"
#include "service/errors.hpp"

namespace qd::api {
namespace {

http::Response with_err(http::Response answer) {
  if (auto body = parse_json(answer.body); body && body->is_object()) {
    body->as_object()["err"] = text_or(body->get_object(), "message");
    answer.body = boost::json::serialize(*body);
  }
  return answer;
}

http::Response webhook_error(const Error& error) {
  return with_err(error_answer(error));
}

// What a sender of events did wrong is 400, as the peer has it, but for what says: come again later.
http::Response delivery_error(const Error& error) {
  const bool own_status = error.kind == ErrorKind::unavailable || error.kind == ErrorKind::internal ||
                          error.code == service::Webhooks::kDisabled;
  return with_err(error_answer(own_status ? http_status(error.kind) : 400,
                               error.code.empty() ? "api.error.invalid.request" : error.code, error.message));
}

// Handlers of a server that has webhooks.
template <http::Response (*handle)(Call&)>
http::Response when_enabled(Call& call) {
  if (call.services.webhooks.enabled()) return handle(call);
  return error_answer(404, "api.error.invalid.request", "Invalid API Request: " + call.request.path);
}

std::int64_t id_of(const Call& call) {
  return base::parse_int(call.param("id")).value_or(0);
}

http::Response list_webhooks(Call& call) {
  const auto found = call.services.webhooks.list(call.who, call.param("project"));
  if (!found) return webhook_error(found.error());
  return list_answer(*found, codec::webhook_to_json);
}

http::Response get_webhook(Call& call) {
  const auto found = call.services.webhooks.find(call.who, call.param("project"), id_of(call));
  if (!found) return webhook_error(found.error());
  return json_answer(codec::webhook_to_json(*found));
}

Result<codec::WebhookFields> fields_of(const Call& call) {
  const auto body = call.json_body();
  if (!body) return fail(body.error());
  auto fields = codec::webhook_fields(*body);
  if (!fields) return fields;
  if (!fields->project || fields->project->empty()) return service::missing_parameter("project");
  if (*fields->project != call.param("project"))
    return fail(ErrorKind::invalid, "The body's project " + *fields->project + " is not that of the URL");
  return fields;
}

http::Response saved_answer(const Result<service::Webhooks::Saved>& saved) {
  if (!saved) return webhook_error(saved.error());
  JsonObject answer{{"msg", "Saved webhook"}, {"uuid", saved->webhook.uuid}, {"id", saved->webhook.id}};
  if (!saved->secret.empty()) answer["generatedSecurityString"] = saved->secret;
  return json_answer(answer);
}

http::Response create_webhook(Call& call) {
  const auto fields = fields_of(call);
  if (!fields) return webhook_error(fields.error());
  return saved_answer(call.services.webhooks.create(call.who, call.param("project"), *fields));
}

http::Response update_webhook(Call& call) {
  const auto fields = fields_of(call);
  if (!fields) return webhook_error(fields.error());
  return saved_answer(call.services.webhooks.update(call.who, call.param("project"), id_of(call), *fields));
}

http::Response delete_webhook(Call& call) {
  const auto removed = call.services.webhooks.remove(call.who, call.param("project"), id_of(call));
  if (!removed) return webhook_error(removed.error());
  return json_answer(JsonObject{{"msg", "Deleted " + removed->name + " webhook"}});
}

JsonObject delivery_json(const Call& call, const model::WebhookDelivery& delivery) {
  JsonArray executions;
  for (const auto id : delivery.executions) {
    executions.push_back(
        JsonObject{{"id", id}, {"permalink", execution_permalink(call.services, call.param("project"), id)}});
  }
  return {{"id", delivery.event},
          {"time", iso8601_millis(delivery.at)},
          {"sender", delivery.sender},
          {"contentType", delivery.content_type},
          {"serverUUID", delivery.server_uuid},
          {"outcome", delivery.outcome},
          {"message", delivery.message},
          {"executions", std::move(executions)},
          {"payload", delivery.payload},
          {"routingResults", delivery.results}};
}

http::Response list_deliveries(Call& call) {
  const auto found = call.services.webhooks.deliveries(call.who, call.param("project"), id_of(call));
  if (!found) return webhook_error(found.error());
  return list_answer(*found, [&](const model::WebhookDelivery& one) { return delivery_json(call, one); });
}

// The peer's shape of the same.
http::Response list_evaluations(Call& call) {
  const auto found = call.services.webhooks.deliveries(call.who, call.param("project"), id_of(call));
  if (!found) return webhook_error(found.error());
  return list_answer(*found, [](const model::WebhookDelivery& one) {
    const auto event = parse_json(one.payload);
    JsonObject object{{"id", one.event},
                      {"time", iso8601_millis(one.at)},
                      {"event", event && event->is_structured() ? *event : Json(one.payload)},
                      {"routingResults", one.results}};
    if (!one.message.empty()) object["error"] = one.message;
    return object;
  });
}

model::WebhookEvent event_of(const Call& call) {
  model::WebhookEvent event;
  event.id = base::new_uuid();
  event.at = call.services.clock.now();
  event.sender = call.who.address;
  event.content_type = call.request.content_type();
  event.body = call.request.body;
  event.form = call.request.form;
  for (const auto& [name, value] : call.request.headers) event.headers.emplace(base::lower(name), value);
  return event;
}

http::Response post_event(Call& call) {
  const auto reply = call.services.webhooks.deliver(call.who, event_of(call), call.request.header("Authorization"));
  if (!reply) return delivery_error(reply.error());
  if (reply->body.is_string()) return text_answer(std::string(reply->body.get_string()));
  return json_answer(reply->body);
}

}  // namespace

const std::vector<Route>& webhook_routes() {
  static const std::vector<Route> kRoutes{
      {"GET", "project/{project}/webhooks", 33, {"webhook", "read"}, when_enabled<list_webhooks>},
      {"POST", "project/{project}/webhook", 33, {"webhook", "create"}, when_enabled<create_webhook>},
      {"GET", "project/{project}/webhook/{id}", 33, {"webhook", "read"}, when_enabled<get_webhook>},
      {"POST", "project/{project}/webhook/{id}", 33, {"webhook", "update"}, when_enabled<update_webhook>},
      {"DELETE", "project/{project}/webhook/{id}", 33, {"webhook", "delete"}, when_enabled<delete_webhook>},
      {"GET", "project/{project}/webhook/{id}/deliveries", 33, {"webhook", "read"}, when_enabled<list_deliveries>},
      {"GET",
       "enterprise/project/{project}/webhooks/{id}/debug-events",
       33,
       {"webhook", "admin"},
       when_enabled<list_evaluations>},
      {"POST",
       "webhook/{token}",
       33,
       {"webhook", "post", Needs::Judge::use_case},
       when_enabled<post_event>,
       {.most_bytes = 2 * kMiB, .token_in_path = true}},
  };
  return kRoutes;
}

}  // namespace qd::api
