// Who may do what. Every use case and every route names the decision that it needs.
//
// Until the access-control engine is there, role `admin` may do everything and nobody else anything; the engine will
// take the place of allowed() and nothing else has to change.
#pragma once

#include <string>

#include "auth/identity.hpp"
#include "base/result.hpp"

namespace qd::service {

// An action on a kind of resource, in a project or (project "") in the application's context.
struct Decision {
  std::string resource;  // "project", "job", "execution", "adhoc", "node", "event", "system", "token", "user"
  std::string action;    // "read", "create", "update", "delete", "run", "kill", "configure", …
  std::string project;
};

bool allowed(const auth::Identity& identity, const Decision& decision);

// Nothing, or an `unauthorized` error in the API's words: Not authorized for action "run" for Job ID 12.
Result<> require(const auth::Identity& identity, const Decision& decision, const std::string& what,
                 const std::string& id);

}  // namespace qd::service
