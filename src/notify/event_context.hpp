// What notifications can tell of an event: the values of `${…}`, and the data that plugins get.
// Source: "Execution data" in docs/developer/05-notification-plugins.md of the peer's documentation.
#pragma once

#include <optional>
#include <string>

#include "base/json.hpp"
#include "codec/execution_document.hpp"
#include "model/data_context.hpp"
#include "model/notification_event.hpp"
#include "store/profile_store.hpp"

namespace qd::notify {

struct EventFacts {
  codec::ExecutionFacts document;
  std::optional<store::Profile> profile;  // of the user who started it
};

// "KILLED", "FAILURE", "SUCCESS"…: for subjects of mails.
std::string event_status(const model::NotificationEvent& event);

// The groups of the run, and execution, exec, job, notification and rundeck.
model::DataContext event_context(const model::NotificationEvent& event, const EventFacts& facts);

// {trigger, status, execution: {…, job: {…}, context: {…}}}
JsonObject event_data(const model::NotificationEvent& event, const EventFacts& facts);

}  // namespace qd::notify
