// "Sun, 29 Nov 2026 10:00:00 GMT": times in HTTP headers. Pure.
#pragma once

#include <optional>
#include <string>

#include "base/clock.hpp"

namespace qd::logstore {

std::optional<UnixMillis> parse_http_date(const std::string& text);
std::string http_date(UnixMillis time);

}  // namespace qd::logstore
