// The pages that are built into the program: see ui/bundle.mjs for the format, http/static_files.hpp for the reader.
#pragma once

#include <string_view>

namespace qd::app {

// Lives as long as the program. Defined by the library qd_ui.
std::string_view web_bundle();

}  // namespace qd::app
