// Access policies in requests and answers.
#pragma once

#include <string>
#include <vector>

#include "acl/explain.hpp"
#include "acl/policy_parse.hpp"
#include "api/route.hpp"

namespace qd::api {

// The policy that a body brings: as it is, or as `contents` of a JSON object.
Result<std::string> policy_text(const Call& call);

// {valid, policies: [{policy, errors: […]}]}; `policies` only when there are flaws.
JsonObject validation_json(const std::vector<acl::PolicyFlaws>& flaws);

// The question of a body: {user, groups, urn, project, resource: {type, kind, …attributes}, actions, policy: {name,
// project, contents}}.
Result<service::AccessQuestion> question_of(const JsonObject& body);
acl::Things things_of(const JsonObject& body);

// {subject, decisions: [{action, resource, description, project, allowed, outcome, rule: {source, text}}]}
JsonObject access_json(const service::AccessAnswer& answer);
JsonObject grants_json(const service::GrantsAnswer& answer);

}  // namespace qd::api
