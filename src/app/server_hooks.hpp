// What the parts of a member ask of the server as a whole.
#pragma once

#include <functional>
#include <string>

#include "base/result.hpp"
#include "service/stored_config.hpp"

namespace qd::app {

struct ServerHooks {
  std::function<Result<>()> refresh;  // reads the configuration again
  std::function<Result<>(const service::ConfigValues&)> check_config;
  std::function<void(const std::string& by)> restart;
};

}  // namespace qd::app
