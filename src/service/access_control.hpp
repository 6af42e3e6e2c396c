// The policies that hold now, from files and from the database, and the rights that follow from them.
#pragma once

#include <filesystem>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "acl/policy_parse.hpp"
#include "acl/rights.hpp"
#include "auth/identity.hpp"
#include "base/clock.hpp"
#include "base/guarded.hpp"
#include "store/acl_store.hpp"

namespace qd::service {

// Thread-safe. Looks at the database's version and at the files' times at most twice a second, so that a change made on
// any member, or to a file, holds within a second. Documents that cannot be read count as absent, and are logged.
class AccessControl {
 public:
  // `folder` holds files named *.aclpolicy.
  AccessControl(store::AclStore& policies, std::filesystem::path folder, const Clock& clock);
  ~AccessControl();

  std::shared_ptr<const acl::Rights> rights_of(const acl::Subject& subject);
  std::shared_ptr<const acl::Rights> rights_of(const std::string& user, const std::vector<std::string>& roles) {
    return rights_of(acl::Subject{user, roles, ""});
  }
  // Gives the identity its rights.
  void admit(auth::Identity& identity) { identity.rights = rights_of(identity.user, identity.roles); }

  std::shared_ptr<const acl::Policies> policies();
  // What would hold if the text were stored under this name, in place of one of the same name.
  std::shared_ptr<const acl::Policies> policies_with(const std::string& project, const std::string& name,
                                                     const acl::ParsedPolicies& parsed);
  // Reads what changed at once: after a change by this member.
  void look_now();
  const std::filesystem::path& folder() const { return folder_; }

 private:
  // A text and what it was parsed from: parsed again only when the stamp differs.
  struct Source {
    std::string stamp;
    acl::Policies policies;
  };
  using Sources = std::map<std::string, Source>;  // by "project/name", or the file's path

  struct State {
    UnixMillis checked = 0;
    std::int64_t version = -1;
    std::string files_stamp;
    Sources stored, files;
    std::shared_ptr<const acl::Policies> policies;
    std::list<std::shared_ptr<const acl::Rights>> recent;                  // most recently used first
    std::map<std::string, decltype(recent)::iterator, std::less<>> known;  // by subject
  };

  void look_again();
  static Sources read_files(const std::vector<std::filesystem::path>& files, const Sources& known);
  static Sources read_stored(const std::vector<store::AclText>& texts, const Sources& known);
  static std::shared_ptr<const acl::Policies> joined(const Sources& files, const Sources& stored);

  store::AclStore& store_;
  std::filesystem::path folder_;
  const Clock& clock_;
  base::Guarded<State> state_;
  base::Guarded<int> reading_;  // one thread reads at a time
};

}  // namespace qd::service
