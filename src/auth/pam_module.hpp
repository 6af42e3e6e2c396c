// Logs in by PAM, with the options of the peer's JettyPamLoginModule.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "auth/login_chain.hpp"

namespace qd::auth {

struct PamModuleConfig {
  std::string name;
  std::string service;           // /etc/pam.d/SERVICE
  std::filesystem::path folder;  // another folder than /etc/pam.d; empty: the system's
  bool unix_groups = false;      // groups of the system's user are roles
  std::vector<std::string> supplemental_roles;
  bool store_pass = false;
};

std::unique_ptr<LoginModule> make_pam_module(PamModuleConfig config);

}  // namespace qd::auth
