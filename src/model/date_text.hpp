// Dates in option values: `${DATE:yyyy-MM-dd}`, `${DATE+2:…}` two days later, `${DATE-2:…}` two days earlier.
//
// The format is that of Java's SimpleDateFormat (y M d H h k m s S a E D Z X z and quoted text), English names. Times
// are in the server's zone, or in UTC when the format ends in ":UTC" or ":GMT". A text with a letter that is not known
// stays as it is.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace qd::model {

std::string expand_dates(std::string_view text, UnixMillis now);

// `time` in a SimpleDateFormat pattern; nullopt when the pattern is not understood.
std::optional<std::string> format_java_date(std::string_view pattern, UnixMillis time, bool utc);

}  // namespace qd::model
