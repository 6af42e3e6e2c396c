// Text in other character sets, made UTF-8.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace qd::base {

// `charset` is a name of the IANA ("ISO-8859-1", "windows-1252", "UTF-16"), in any case; "" means UTF-8. A byte order
// mark of UTF-16 wins over it. Text that is valid UTF-8 although a set of single bytes was declared is left as it is:
// then the declaration is wrong. Errors say which set is not known, or where the text breaks it.
Result<std::string> to_utf8(std::string text, std::string_view charset);

}  // namespace qd::base
