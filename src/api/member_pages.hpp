// What members ask each other, below /member/: each request is signed, and nothing else gets an answer.
#pragma once

#include <string_view>

#include "api/services.hpp"
#include "http/message.hpp"

namespace qd::api {

inline constexpr std::string_view member_prefix = "/member/";

// `path` is below the context path. GET /member/log/ID?offset=N&max=N: bytes of the log that this member wrote, with
// the size of the file in X-Quarterdeck-Log-Size, and 1 in X-Quarterdeck-Log-Ended when it will not grow.
http::Response member_page(Services& services, const http::Request& request, std::string_view path);

}  // namespace qd::api
