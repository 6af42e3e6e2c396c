// Reading what an execution printed, wherever it ran, and following it.
#pragma once

#include <functional>
#include <string>

#include "log/hub.hpp"
#include "log/reader.hpp"
#include "model/execution.hpp"
#include "service/log_copies.hpp"

namespace qd::service {

// Where an execution's log can be read now. `whole` is also the file to which a running execution of this member
// writes.
using LogView = LogCopy;

// A piece of the file itself, for another member.
struct LogBytes {
  std::string bytes;
  std::int64_t size = 0;  // of the file
  bool ended = false;     // the execution has ended: it will not grow
};

// Thread-safe; blocks on files and the database.
class Output {
 public:
  Output(log::LogHub& hub, LogCopies& copies, std::string log_root)
      : hub_(hub), copies_(copies), log_root_(std::move(log_root)) {}

  // Of an execution that was found, and so authorised, before. What is not here is fetched from now on.
  LogView view(const model::Execution& execution);
  // A view without path reads as a file that does not exist.
  static Result<log::LogPage> read(const LogView& view, const log::ReadRequest& request);
  // Is all there that will ever be, so that the end of the file is the end of the output?
  static bool settled(const LogView& view, const model::Execution& execution);

  // At most `max` bytes of the file that this member wrote; nullopt when it has none.
  Result<std::optional<LogBytes>> bytes(const model::Execution& execution, std::int64_t offset, std::size_t max);

  [[nodiscard]] log::LogHub::Subscription follow(model::ExecutionId execution, log::LogHub::Callback callback) {
    return hub_.subscribe(execution, std::move(callback));
  }

 private:
  std::string path_of(const model::Execution& execution) const;

  log::LogHub& hub_;
  LogCopies& copies_;
  std::string log_root_;
};

}  // namespace qd::service
