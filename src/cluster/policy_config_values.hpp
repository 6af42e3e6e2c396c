// The values of remote execution keys. Each error says what is allowed; the caller names the key.
#pragma once

#include <string>
#include <vector>

#include "cluster/policy_config.hpp"

namespace qd::cluster {

Result<PolicyKind> parse_policy_kind(const std::string& text);
Result<std::vector<MemberPattern>> parse_allowed(const std::string& text);
Result<TagRule> parse_tags(const std::string& text);
Result<std::vector<Criterion>> parse_criteria(const std::string& text);
// "1.0,1.5": not negative, and not all of them zero.
Result<std::vector<double>> parse_weights(const std::string& text);

}  // namespace qd::cluster
