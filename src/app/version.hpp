#pragma once

namespace qd::app {

inline constexpr const char* kVersion = QD_VERSION;

}  // namespace qd::app
