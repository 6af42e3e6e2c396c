// How people log in, as the configuration says.
#pragma once

#include <memory>

#include "app/config.hpp"
#include "auth/login_chain.hpp"
#include "service/logins.hpp"

namespace qd::app {

// The modules of the JAAS file, or the realm file without one. The error names what is wrong in the JAAS file.
Result<std::unique_ptr<auth::LoginModule>> make_login_modules(const Config& config);

service::LoginRules login_rules(const Config& config);

}  // namespace qd::app
