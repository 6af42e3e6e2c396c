// Durations as users write them: "1d2h3m15s", "90" (seconds), "30s".
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.hpp"

namespace qd::model {

// Units are s m h d w y (365 days); a number at the end without unit is seconds; a number before any other letter does
// not count. nullopt when the sum does not fit; 0 for a text without durations. Source: the peer's "timeout"
// documentation.
std::optional<Millis> parse_duration(std::string_view text);

}  // namespace qd::model
