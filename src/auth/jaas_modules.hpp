// Login modules as a JAAS file names them: which classes and options there are, and what they make.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "auth/jaas_config.hpp"
#include "auth/login_chain.hpp"
#include "base/clock.hpp"

namespace qd::auth {

struct JaasFile {
  std::filesystem::path file = {};
  std::string module = "RDpropertyfilelogin";  // which of its configurations
  std::string ldap_bind_password = {};         // rundeck.security.ldap.bindPassword: wins over the file's
  std::filesystem::path realm_file = {};       // of property file modules that name none
};

// Reads the file, 1 MiB at most. Errors name file, line and what is expected: a class or an option that is not known,
// an option that is missing, a value that is no number or flag. Options that are known and mean nothing here are
// accepted.
Result<std::unique_ptr<LoginChain>> load_jaas(const JaasFile& file, const JaasExpand& expand, const Clock& clock);

}  // namespace qd::auth
