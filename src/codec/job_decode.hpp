// From a job's document (one map, in the keys of the JSON format) to the job; shared by all formats.
#pragma once

#include "base/json.hpp"
#include "codec/job_fields.hpp"
#include "model/job.hpp"

namespace qd::codec {

// Shape only, no rules (model/job_rules.hpp). Whatever is wrong goes to `problem`, and the job is then worthless.
model::Job read_job(const JsonObject& document, FieldProblem& problem);

// Its parts.
std::vector<model::Option> read_options(const Json& value, FieldProblem& problem);
model::Workflow read_workflow(const JsonObject& sequence, FieldProblem& problem);
std::vector<model::Notification> read_notifications(const JsonObject& triggers, FieldProblem& problem);
model::NodeFilters read_node_filters(const JsonObject& object, FieldPath path, std::string subject,
                                     FieldProblem& problem);
// Makes absent values of a job's own dispatch explicit.
void fill_dispatch(model::Dispatch& dispatch);

}  // namespace qd::codec
