#include "service/output.hpp"

#include <filesystem>

namespace qd::service {

std::string Output::path_of(const model::Execution& execution) const {
  return (std::filesystem::path(log_root_) / execution.log_path).string();
}

Result<OutputPage> Output::read(const auth::Identity& who, const std::string& execution_id,
                                const log::ReadRequest& request) {
  auto execution = executions_.find(who, execution_id);
  if (!execution) return fail(execution.error());
  auto page = read(*execution, request);
  if (!page) return fail(page.error());
  return OutputPage{std::move(*execution), std::move(*page)};
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
