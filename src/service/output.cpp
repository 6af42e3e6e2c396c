#include "service/output.hpp"

#include <filesystem>

namespace qd::service {

std::string Output::path_of(const model::Execution& execution) const {
  return (std::filesystem::path(log_root_) / execution.log_path).string();
}

Result<log::LogPage> Output::read(const model::Execution& execution, const log::ReadRequest& request) {
  if (execution.log_path.empty()) {
    log::LogPage none;
    none.exists = false;
    return none;
  }
  return log::read_log(path_of(execution), request);
}

log::LogStat Output::stat(const model::Execution& execution) {
  return execution.log_path.empty() ? log::LogStat{} : log::stat_log(path_of(execution));
}

}  // namespace qd::service
