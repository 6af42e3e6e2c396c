#include "service/run_rights.hpp"

#include "service/access.hpp"

namespace qd::service {
namespace {

auth::Identity starter_of(AccessControl& access, const model::Execution& execution) {
  auth::Identity who;
  who.user = execution.user;
  who.roles = execution.roles;
  access.admit(who);
  return who;
}

}  // namespace

engine::RunRights run_rights(AccessControl& access, std::string server_node) {
  engine::RunRights rights;
  rights.keep_allowed = [&access, server_node = std::move(server_node)](const model::Execution& execution,
                                                                        const std::string& project,
                                                                        std::vector<model::Node>& nodes) {
    const auto who = starter_of(access, execution);
    std::erase_if(nodes, [&](const model::Node& node) {
      return !allowed(who, node_decision(project, node, server_node, "run")) ||
             !allowed(who, node_decision(project, node, server_node, "read"));
    });
  };
  rights.may_run = [&access](const model::Execution& execution, const model::Job& job) {
    return allowed(starter_of(access, execution), job_decision(job, "run"));
  };
  return rights;
}

}  // namespace qd::service
