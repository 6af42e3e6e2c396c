// Reading one rule of a policy.
#pragma once

#include <string>

#include "acl/policy.hpp"
#include "base/json.hpp"

namespace qd::acl {

// The error is a part of a sentence that begins with the rule's place. `may_allow` is false below `notBy`.
Result<Rule> read_rule(const Json& json, bool may_allow);

// What a value is, for messages: "String", "list", "map", "number", "boolean", "null".
std::string kind_name(const Json& value);

}  // namespace qd::acl
