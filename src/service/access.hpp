// Who may do what. Every use case and every route names the decision that it needs.
//
// Until the access-control engine is there, role `admin` may do everything and nobody else anything; the engine will
// take the place of allowed() and nothing else has to change.
#pragma once

#include <string>

#include "acl/resource.hpp"
#include "auth/identity.hpp"
#include "base/result.hpp"

namespace qd::service {

// An action on a resource. Which context judges it follows from the resource:
//   system, system_acl, user, apitoken, plugin, runner          the application, all of the kind
//   project                                                     the application, the project `project`; `create`: all
//   project_acl                                                 the application, the policies of project `project`
//   storage (attributes path, name: see storage_decision())     the application, and the project of keys/project/P
//   job (attributes name, group, uuid), node (its attributes)   the project `project`, this one
//   job, node, event, webhook without attributes                the project `project`, all of the kind
//   adhoc                                                       the project `project`
struct Decision {
  std::string resource;
  std::string action;  // "read", "create", "update", "delete", "run", "kill", "configure", …
  std::string project;
  acl::Attributes attributes = {};  // of a specific resource
};

bool allowed(const auth::Identity& identity, const Decision& decision);

// Nothing, or an `unauthorized` error in the API's words: Not authorized for action "run" for Job ID 12.
Result<> require(const auth::Identity& identity, const Decision& decision, const std::string& what,
                 const std::string& id);

// `path` is that of the storage tree, "keys/web/deploy.pem"; a rule may ask for path and name.
Decision storage_decision(const std::string& path, const std::string& action);

}  // namespace qd::service
