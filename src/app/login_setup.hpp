// How people log in, as the configuration says.
#pragma once

#include <memory>

#include "app/config.hpp"
#include "auth/login_chain.hpp"
#include "auth/web_fetch.hpp"
#include "service/logins.hpp"
#include "service/single_sign_on.hpp"

namespace qd::app {

// The modules of the JAAS file, or the realm file without one. The error names what is wrong in the JAAS file.
Result<std::unique_ptr<auth::LoginModule>> make_login_modules(const Config& config);

service::LoginRules login_rules(const Config& config);

service::SingleSignOnRules single_sign_on_rules(const Config& config);

// Calls providers by HTTP.
auth::WebFetch web_fetch();

}  // namespace qd::app
