// Login modules on files of users (realm.hpp).
#pragma once

#include <filesystem>
#include <memory>

#include "auth/login_chain.hpp"
#include "auth/realm.hpp"

namespace qd::auth {

struct FileModuleConfig {
  std::string name;
  std::filesystem::path file;
  bool give_roles = true;     // false: it says only whether the password is right
  bool user_is_role = false;  // the name of a user is a role of his too
  bool store_pass = false;
};

// Users with passwords and roles.
std::unique_ptr<LoginModule> make_file_module(FileModuleConfig config);

struct RoleFileConfig {
  std::string name;
  std::filesystem::path file;
  bool any_case = true;  // names are looked up in lower case
};

// Roles only, for somebody whom an earlier module knows and stored; passwords in the file mean nothing.
std::unique_ptr<LoginModule> make_role_file_module(RoleFileConfig config);

}  // namespace qd::auth
