// Values of options by script plugins: what their script prints between ==START_OPTIONS== and ==END_OPTIONS==, a
// `label:value` a line. Source: docs/developer/12-option-values-plugins.md of the peer's documentation.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "plugin/script.hpp"

namespace qd::plugin {

using LabelledValue = std::pair<std::string, std::string>;  // label, value

// Pure.
Result<std::vector<LabelledValue>> parse_option_values(const std::string& output);

// Errors: no such plugin (and which there are), its settings, its script's end. Blocks. `properties` are the
// framework's and the project's; `options` are the values that were chosen so far; `read_secret` is as of
// SettingSources.
Result<std::vector<LabelledValue>> option_values_of(const ScriptParts& parts, const std::string& name,
                                                    const std::string& project, const Texts& properties,
                                                    const Texts& options, ReadSecret read_secret);

}  // namespace qd::plugin
