// Writing a policy document that allows or denies one access.
#pragma once

#include <string>
#include <vector>

#include "acl/policy.hpp"

namespace qd::acl {

struct PolicyRequest {
  std::string project;  // "": the application's context
  Subject subject;
  Resource resource;
  std::vector<std::string> allow, deny;
  bool regex = false;  // match the resource by regular expressions
};

// YAML; parse_policies() takes it.
std::string write_policy(const PolicyRequest& request);

}  // namespace qd::acl
