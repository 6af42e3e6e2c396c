// The configuration that is kept in the database, before and while the server runs.
#pragma once

#include "app/config.hpp"
#include "service/stored_config.hpp"

namespace qd::app {

// `config` was made of files, environment and flags; the answer holds what the database has, too. Values that do not
// fit any more are not taken, all of them together: the log says so, and the member starts as its files say.
Result<Config> with_stored_config(const ConfigRequest& request, Config config);

// Would a member start with these values? Secrets are refused: they would lie in the database in clear.
Result<> check_stored_config(const service::ConfigValues& values,
                             const std::function<Result<Config>(const service::ConfigValues&)>& load);

// What the key does; "" when it means nothing here.
std::string meaning_of_key(const std::string& key);

}  // namespace qd::app
