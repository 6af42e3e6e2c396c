// The pages between which a login by an OpenID Connect provider goes to and fro.
#pragma once

#include <optional>
#include <string_view>

#include "api/services.hpp"
#include "http/message.hpp"

namespace qd::api {

// oauth/NAME begins a login, login/oauth2/code/NAME is where the provider sends the browser back to. Nullopt: another
// path.
std::optional<http::Response> sso_page(Services& services, const http::Request& request, std::string_view path);

// Takes the provider's cookie away, and says where the logout leads, so that it ends the provider's session too; "":
// nowhere else.
std::string sso_log_out(Services& services, const http::Request& request, http::Response& response);

}  // namespace qd::api
