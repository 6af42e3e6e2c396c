// Reading what an execution printed, and following it.
#pragma once

#include <functional>
#include <string>

#include "auth/identity.hpp"
#include "log/hub.hpp"
#include "log/reader.hpp"
#include "service/executions.hpp"

namespace qd::service {

struct OutputPage {
  model::Execution execution;  // read before the log: when it is final, `log` is the whole of it
  log::LogPage log;
};

// Thread-safe; blocks on files and the database.
class Output {
 public:
  Output(Executions& executions, log::LogHub& hub, std::string log_root)
      : executions_(executions), hub_(hub), log_root_(std::move(log_root)) {}

  Result<OutputPage> read(const auth::Identity& who, const std::string& execution_id, const log::ReadRequest& request);
  // The same for an execution that was found (and so authorised) before.
  Result<log::LogPage> read(const model::Execution& execution, const log::ReadRequest& request);
  // Size and time of the log, without reading it.
  log::LogStat stat(const model::Execution& execution);

  [[nodiscard]] log::LogHub::Subscription follow(model::ExecutionId execution, log::LogHub::Callback callback) {
    return hub_.subscribe(execution, std::move(callback));
  }

 private:
  std::string path_of(const model::Execution& execution) const;

  Executions& executions_;
  log::LogHub& hub_;
  std::string log_root_;
};

}  // namespace qd::service
