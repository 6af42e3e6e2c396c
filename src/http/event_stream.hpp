// Server-sent events as text (WHATWG HTML, "Server-sent events"). Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace qd::http {

// One event. Data may hold line breaks; `id` and `event` may not, and are left out when they are empty.
std::string format_event(std::string_view event, std::string_view data, std::string_view id);

// A line that clients ignore: keeps the connection alive through proxies.
std::string format_comment(std::string_view text);

}  // namespace qd::http
