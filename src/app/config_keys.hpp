// The table of every configuration key that means something here. It judges values, and the documentation is made from
// it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "app/config.hpp"
#include "app/config_value.hpp"

namespace qd::app {

struct ConfigKey {
  std::string_view key;
  ValueKind kind;
  std::string_view standard;  // the default, as it could stand in a file; may hold ${…}. Of `ignored`: see ValueKind
  std::string_view meaning;
  void (*set)(Config&, const ConfigValue&) = nullptr;  // nullptr: ignored, or read in another way
  ValueRange range{};
  std::string_view choices{};
};

std::span<const ConfigKey> config_keys();

// The row of `key`, also when it is spelt in Spring's relaxed way (other case, dashes) or by one of its older names.
const ConfigKey* find_config_key(std::string_view key);

// The key that an environment variable sets: the documented names of the peer's container (RUNDECK_GRAILS_URL), any key
// of the table in capitals with `_` for `.` and without `-` (RUNDECK_TOKENS_FILE), and QD_X for quarterdeck.x.
const ConfigKey* find_environment_key(std::string_view name);

// A known key that is spelt nearly like `key`, or "".
std::string nearest_config_key(std::string_view key);

// What to do instead of setting this key of the peer, which means nothing here; "" when there is nothing to say.
std::string_view advice_on_key(std::string_view key);

// The table as text for `quarterdeck config`: key, kind, default, meaning.
std::string list_config_keys();
// The same as docs/configuration-reference.md: a table for each chapter, and what is known and without effect.
std::string document_config_keys();

}  // namespace qd::app
