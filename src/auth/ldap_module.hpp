// Logs in at an LDAP directory, with the options of the peer's JettyCachingLdapLoginModule and
// JettyCombinedLdapLoginModule (docs: "Authenticating Users").
#pragma once

#include <memory>

#include "auth/ldap_directory.hpp"
#include "auth/login_chain.hpp"
#include "base/clock.hpp"

namespace qd::auth {

struct LdapModuleConfig {
  std::string name;
  LdapServer server;
  std::string bind_dn, bind_password;  // of the connection that searches; empty: anonymous
  bool bind_as_user = false;           // forceBindingLogin: the password is checked by binding, never by its hash
  bool search_roles_as_root = false;   // forceBindingLoginUseRootContextForRoles
  std::string user_base, user_class = "inetOrgPerson", user_id = "cn", user_password = "userPassword";
  std::string first_name = "givenName", last_name = "sn", email = "mail";
  std::string role_base, role_class = "groupOfUniqueNames", role_name = "roleName", role_member = "uniqueMember";
  std::string role_username_member;  // roles list names of users instead of DNs
  std::string role_prefix;           // taken out of roles' names
  std::vector<std::string> supplemental_roles;
  bool ignore_roles = false;
  bool nested_groups = false;
  bool page_roles = true;
  int roles_per_page = 100;
  Millis cache_life{0};  // of logins and of the tree of groups; 0: none
  bool store_pass = false;
};

std::unique_ptr<LoginModule> make_ldap_module(LdapModuleConfig config, const Clock& clock);

}  // namespace qd::auth
