// The cookie of a login, and the answers that set it.
#pragma once

#include <string>

#include "api/services.hpp"
#include "http/message.hpp"

namespace qd::api {

// "/", or the context path.
std::string cookie_path(const Services& services);

// Sends somebody who just came in to his first page, with the new session's cookie. The session that he had ends:
// nobody can have planted it.
http::Response welcome(Services& services, const http::Request& request, const std::string& session);

// A page with `message` and the login form again.
http::Response login_page(const Services& services, const std::string& message, int status = 200);
http::Response refuse_login(const Services& services, const http::Request& request,
                            const service::Logins::Refusal& refusal);

}  // namespace qd::api
