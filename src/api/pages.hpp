// What is not the API: login and logout, health, metrics, the files and the document of the web interface.
#pragma once

#include <string_view>

#include "api/services.hpp"
#include "http/message.hpp"

namespace qd::api {

// `path` is the request's raw path below the context path.
http::Response page(Services& services, const http::Request& request, std::string_view path);

}  // namespace qd::api
