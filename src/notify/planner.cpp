#include "notify/planner.hpp"

#include "base/logging.hpp"
#include "model/expand.hpp"

namespace qd::notify {

namespace {

// Every text in it, all the way down.
void expand_texts(Json& value, const model::DataContext& context) {
  if (auto* text = value.if_string()) {
    *text = model::expand_text(std::string_view(text->data(), text->size()), context);
  } else if (auto* object = value.if_object()) {
    for (auto& entry : *object) expand_texts(entry.value(), context);
  } else if (auto* list = value.if_array()) {
    for (auto& entry : *list) expand_texts(entry, context);
  }
}

}  // namespace

store::Delivery plan_plugin(const PlanInput& input, const std::string& type, const JsonObject& settings) {
  Json config = settings;
  expand_texts(config, input.context);
  store::Delivery delivery;
  delivery.type = type;
  delivery.target = type;
  delivery.content =
      boost::json::serialize(JsonObject{{"config", std::move(config)}, {"data", event_data(input.event, input.facts)}});
  return delivery;
}

EventFacts Planner::facts_of(const model::NotificationEvent& event) {
  EventFacts facts;
  facts.document.server_url = config_.server_url;
  facts.document.api_url = config_.api_url;
  facts.document.job_description = event.job->description;
  try {
    if (!event.job->uuid.empty())
      facts.document.average_duration = executions_.recent_durations(event.job->uuid).average();
    facts.profile = profiles_.find(event.execution.user);
  } catch (const store::DatabaseError& error) {  // better to tell less than nothing
    base::log_warn("notify", "average duration and profile for the notifications of execution " +
                                 std::to_string(event.execution.id) + " are not known: " + error.what());
  }
  return facts;
}

std::vector<store::Delivery> Planner::plan(const model::NotificationEvent& event) {
  using Kind = model::Notification::Kind;
  if (!model::tells_of(*event.job, event.trigger)) return {};
  const auto facts = facts_of(event);
  const auto context = event_context(event, facts);
  const PlanInput input{config_, event, facts, context};
  std::vector<store::Delivery> planned;
  const auto take = [&](std::vector<store::Delivery> some, const char* kind) {
    for (auto& one : some) {
      one.kind = kind;
      planned.push_back(std::move(one));
    }
  };
  for (const auto& notification : event.job->notifications) {
    if (notification.trigger != "on" + event.trigger) continue;
    if (notification.kind == Kind::email) take(plan_mails(input, notification.config), "email");
    if (notification.kind == Kind::webhook) take(plan_webhooks(input, notification.config), "webhook");
    if (notification.kind == Kind::plugin) {
      take({plan_plugin(input, notification.type, notification.config)}, "plugin");
    }
  }
  for (auto& one : planned) {
    one.execution = event.execution.id;
    one.project = event.job->project;
    one.trigger = event.trigger;
    one.member = config_.member_uuid;
  }
  return planned;
}

}  // namespace qd::notify
