// From a job to its document, in the keys of the JSON format; shared by all formats.
#pragma once

#include "base/json.hpp"
#include "model/job.hpp"

namespace qd::codec {

JsonArray write_options(const std::vector<model::Option>& options);
JsonObject write_workflow(const model::Workflow& workflow);
JsonObject write_notifications(const std::vector<model::Notification>& notifications);
JsonObject write_dispatch(const model::Dispatch& dispatch);

// Adds what `extra` holds and `object` does not.
void add_extra(JsonObject& object, const JsonObject& extra);

}  // namespace qd::codec
