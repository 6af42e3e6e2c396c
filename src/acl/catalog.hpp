// Every resource and action that a policy can speak of. Source: "Rundeck resource authorizations" in the peer's
// docs/administration/security/authorization.md.
#pragma once

#include <string>
#include <vector>

namespace qd::acl {

struct CatalogEntry {
  bool application = false;             // its context; else a project's
  std::string type;                     // "resource": all of a kind
  std::string kind;                     // of type "resource"
  std::vector<std::string> properties;  // that a rule can ask for
  std::vector<std::string> actions;
};

const std::vector<CatalogEntry>& catalog();

}  // namespace qd::acl
