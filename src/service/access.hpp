// Who may do what. Every use case and every route names the decision that it needs.
#pragma once

#include <string>

#include "acl/resource.hpp"
#include "auth/identity.hpp"
#include "base/result.hpp"
#include "model/execution.hpp"
#include "model/node.hpp"

namespace qd::service {

// An action on a resource. Which context judges it follows from the resource:
//   system, system_acl, user, apitoken, plugin, runner          the application, all of the kind
//   apitoken, runner with attributes                            the application, this one
//   project                                                     the application, the project `project`; without: all
//   project_acl                                                 the application, the policies of project `project`
//   storage (attributes path, name: see storage_decision())     the application, and the project of keys/project/P
//   job (attributes name, group, uuid), node (its attributes)   the project `project`, this one
//   job, node, event, webhook without attributes                the project `project`, all of the kind
//   job without project                                         the application, all jobs (`admin`)
//   adhoc                                                       the project `project`
//   execution                                                   the project `project`: read is that of its events,
//                                                               delete_execution that of the project
struct Decision {
  std::string resource;
  std::string action;  // "read", "create", "update", "delete", "run", "kill", "configure", …
  std::string project;
  acl::Attributes attributes = {};  // of a specific resource
};

// By the rights that the identity carries; without any it may do nothing. Actions that contain another allow it too:
// whoever may `read` a job may `view` it, and an `admin` of a project may do all to it.
bool allowed(const auth::Identity& identity, const Decision& decision);

// Nothing, or an `unauthorized` error in the API's words: Not authorized for action "run" for Job ID 12.
Result<> require(const auth::Identity& identity, const Decision& decision, const std::string& what,
                 const std::string& id);
tl::unexpected<Error> unauthorized(const std::string& action, const std::string& what, const std::string& id);

// `path` is that of the storage tree, "keys/web/deploy.pem"; a rule may ask for path and name.
Decision storage_decision(const std::string& path, const std::string& action);

// Of a job: anything with uuid, name, group and project (model::Job, store::JobSummary).
template <class JobLike>
Decision job_decision(const JobLike& job, const std::string& action) {
  return {"job", action, job.project, {{"name", job.name}, {"group", job.group}, {"uuid", job.uuid}}};
}

// Of an execution: that of its job, as it was called when it ran, or of ad-hoc executions.
Decision execution_decision(const model::Execution& execution, const std::string& action);

// `server_node` is the name of the node that is this server.
Decision node_decision(const std::string& project, const model::Node& node, const std::string& server_node,
                       const std::string& action);

}  // namespace qd::service
