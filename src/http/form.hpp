// Bodies of forms: application/x-www-form-urlencoded and multipart/form-data (RFC 7578).
#pragma once

#include <string_view>
#include <vector>

#include "http/message.hpp"
#include "http/refusal.hpp"

namespace qd::http {

// The parts of a whole body. At most 1,000, with at most 8 kB of headers each; text before the first and after the last
// is dropped. Refused with 400: no boundary in `content_type`, a part without name, a body that does not end as it
// should.
Checked<std::vector<Part>> parse_multipart(std::string_view body, std::string_view content_type);

// Fills request.form or request.parts from the body by its Content-Type; other bodies are left alone.
Checked<> read_form(Request& request);

}  // namespace qd::http
