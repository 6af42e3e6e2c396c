// Turns an event into the messages that its job's notifications ask for: everything filled in, so that any member can
// send them later as they were meant.
#pragma once

#include <string>
#include <vector>

#include "model/notification_event.hpp"
#include "notify/event_context.hpp"
#include "notify/mail_settings.hpp"
#include "store/delivery_store.hpp"
#include "store/execution_store.hpp"
#include "store/profile_store.hpp"

namespace qd::notify {

struct PlannerConfig {
  std::string server_url, api_url;  // without a slash at the end
  std::string member_uuid;
  std::string webhook_key;  // rundeck.notification.webhookSecurityKey; "": no digest is sent
  MailSettings mail;
};

// Thread-safe.
class Planner {
 public:
  Planner(PlannerConfig config, store::ProfileStore& profiles, store::ExecutionStore& executions)
      : config_(std::move(config)), profiles_(profiles), executions_(executions) {}

  // Blocks: profile and average duration come from the database, mail templates from files. What cannot be sent (no
  // address, no URL) is among them as `failed`, and says why.
  std::vector<store::Delivery> plan(const model::NotificationEvent& event);

 private:
  EventFacts facts_of(const model::NotificationEvent& event);

  const PlannerConfig config_;
  store::ProfileStore& profiles_;
  store::ExecutionStore& executions_;
};

// The parts of it. Pure, but for the templates' files.
struct PlanInput {
  const PlannerConfig& config;
  const model::NotificationEvent& event;
  const EventFacts& facts;
  const model::DataContext& context;  // event_context()
};
std::vector<store::Delivery> plan_webhooks(const PlanInput& input, const JsonObject& settings);
std::vector<store::Delivery> plan_mails(const PlanInput& input, const JsonObject& settings);
store::Delivery plan_plugin(const PlanInput& input, const std::string& type, const JsonObject& settings);

// References of a webhook's URL. What stands at the very beginning is taken as it is, everything else encoded.
std::string expand_webhook_url(const std::string& url, const model::DataContext& context);

// The mail's body where no template says otherwise.
std::string default_mail(const PlanInput& input, const std::string& title);

// Where the log goes into a mail's body.
inline constexpr const char* log_reference = "${logoutput.data}";

}  // namespace qd::notify
