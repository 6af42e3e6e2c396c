// Use cases on access policies: those kept in the database, and questions to all that hold.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "acl/explain.hpp"
#include "acl/policy_parse.hpp"
#include "auth/identity.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "service/access_control.hpp"
#include "service/audit.hpp"
#include "store/acl_store.hpp"
#include "store/project_store.hpp"

namespace qd::service {

// A policy that is not stored; questions are answered as if it were.
struct DraftPolicy {
  std::string project;  // "": of the system
  std::string name;
  std::string content;
};

struct AccessQuestion {
  std::optional<acl::Subject> subject;  // absent: who asks
  std::string project;                  // "": the application's context
  acl::Resource resource;
  std::vector<std::string> actions;
  std::optional<DraftPolicy> draft;
};

struct AccessAnswer {
  acl::Subject subject;
  std::shared_ptr<const acl::Rights> rights;  // keeps the rules that `access` points to
  std::vector<acl::Access> access;
  std::vector<acl::PolicyFlaws> flaws;  // of the draft: then nothing was asked
};

struct GrantsAnswer {
  std::shared_ptr<const acl::Policies> policies;  // keeps what `grants` points to
  std::vector<acl::Grant> grants;
  std::vector<acl::PolicyFlaws> flaws;  // of the draft
};

// Thread-safe; blocks on the database. `project` "" means the system's policies.
class Policies {
 public:
  Policies(store::AclStore& policies, store::ProjectStore& projects, AccessControl& access, const Clock& clock,
           Audit& audit)
      : store_(policies), projects_(projects), access_(access), clock_(clock), audit_(audit) {}

  Result<std::vector<std::string>> list(const auth::Identity& who, const std::string& project);
  Result<std::string> content(const auth::Identity& who, const std::string& project, const std::string& name);
  // Nothing is stored when the answer has flaws.
  Result<std::vector<acl::PolicyFlaws>> create(const auth::Identity& who, const std::string& project,
                                               const std::string& name, const std::string& content);
  Result<std::vector<acl::PolicyFlaws>> update(const auth::Identity& who, const std::string& project,
                                               const std::string& name, const std::string& content);
  Result<> remove(const auth::Identity& who, const std::string& project, const std::string& name);
  Result<std::vector<acl::PolicyFlaws>> validate(const auth::Identity& who, const DraftPolicy& draft);

  // Everybody may ask about himself; about others, and with drafts, who may read the policies of the system, or, within
  // a project, of the project.
  Result<AccessAnswer> explain(const auth::Identity& who, const AccessQuestion& question);
  Result<GrantsAnswer> who_can(const auth::Identity& who, const AccessQuestion& question, const std::string& action);
  Result<AccessAnswer> what_can(const auth::Identity& who, const AccessQuestion& question, const acl::Things& things);

 private:
  Result<> check(const auth::Identity& who, const std::string& project, const std::string& action);
  Result<> check_reader(const auth::Identity& who, const std::string& project);
  Result<AccessAnswer> prepare(const auth::Identity& who, const AccessQuestion& question, const std::string& project);
  Result<std::vector<acl::PolicyFlaws>> save(const auth::Identity& who, const std::string& project,
                                             const std::string& name, const std::string& content, bool create);

  store::AclStore& store_;
  store::ProjectStore& projects_;
  AccessControl& access_;
  const Clock& clock_;
  Audit& audit_;
};

}  // namespace qd::service
