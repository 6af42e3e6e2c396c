// Reading aclpolicy texts: YAML, several policies each as a document of its own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "acl/policy.hpp"

namespace qd::acl {

// What is wrong with one document.
struct PolicyFlaws {
  std::string policy;  // "admin.aclpolicy[2]": the text's name and the document's number
  std::vector<std::string> errors;

  bool operator==(const PolicyFlaws&) const = default;
};

struct ParsedPolicies {
  std::vector<Policy> policies;    // of the documents that are right
  std::vector<PolicyFlaws> flaws;  // empty: the text is valid

  bool valid() const { return flaws.empty(); }
};

// At most 4 MiB of text. With `project`, the policies are those of this project: they may not have a context of their
// own.
ParsedPolicies parse_policies(std::string_view text, const std::string& name, const std::string& project = {});

}  // namespace qd::acl
