// Reading what an execution printed, and following it.
#pragma once

#include <functional>
#include <string>

#include "log/hub.hpp"
#include "log/reader.hpp"
#include "model/execution.hpp"

namespace qd::service {

// Thread-safe; blocks on files and the database.
class Output {
 public:
  Output(log::LogHub& hub, std::string log_root) : hub_(hub), log_root_(std::move(log_root)) {}

  // Of an execution that was found, and so authorised, before.
  Result<log::LogPage> read(const model::Execution& execution, const log::ReadRequest& request);
  // Size and time of the log, without reading it.
  log::LogStat stat(const model::Execution& execution);

  [[nodiscard]] log::LogHub::Subscription follow(model::ExecutionId execution, log::LogHub::Callback callback) {
    return hub_.subscribe(execution, std::move(callback));
  }

 private:
  std::string path_of(const model::Execution& execution) const;

  log::LogHub& hub_;
  std::string log_root_;
};

}  // namespace qd::service
