// SCM as JSON, in the peer's shapes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"
#include "service/scm_views.hpp"

namespace qd::api {

Json text_or_null(const std::string& text);
Json texts_or_null(const std::vector<std::string>& texts);

// As the peer's metadata of a project has it.
JsonObject scm_summary_json(service::Integration integration, const service::ScmSummary& summary);
JsonObject scm_plugin_json(const service::ScmPluginView& plugin);
JsonArray scm_fields_json(const std::vector<plugin::Property>& fields);
JsonObject scm_outcome_json(const service::ScmOutcome& outcome);
JsonObject scm_form_json(service::Integration integration, const service::ScmActionForm& form);
JsonObject scm_job_state_json(service::Integration integration, const service::ScmJobState& state);
Json scm_commit_json(const std::optional<scm::CommitFacts>& commit);

service::ScmValues scm_values(const JsonObject& object);
// {input, jobs, items, deleted, deletedJobs}; of a job's action only the input counts.
Result<service::ScmActionRequest> scm_action_request(const JsonObject& body, bool input_only);

}  // namespace qd::api
