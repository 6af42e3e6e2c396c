// What is not the API: login form, health, metrics and a front page.
#pragma once

#include <string_view>

#include "api/services.hpp"
#include "http/message.hpp"

namespace qd::api {

// `path` is the request's raw path below the context path.
http::Response page(Services& services, const http::Request& request, std::string_view path);

}  // namespace qd::api
