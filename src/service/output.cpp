#include "service/output.hpp"

#include <algorithm>
#include <filesystem>

#include "log/packed_log.hpp"

namespace qd::service {

std::string Output::path_of(const model::Execution& execution) const {
  return (std::filesystem::path(log_root_) / execution.log_path).string();
}

LogView Output::view(const model::Execution& execution) {
  const bool ended = model::is_final(execution.status);
  if (execution.log_path.empty()) return {ended ? LogView::State::missing : LogView::State::waiting, {}, {}, {}};
  auto path = path_of(execution);
  if (log::stat_log(path).exists) return {LogView::State::whole, std::move(path), {}, {}};
  auto copy = copies_.of(execution);
  if (copy.state == LogView::State::missing && !ended) copy.state = LogView::State::waiting;
  return copy;
}

Result<log::LogPage> Output::read(const LogView& view, const log::ReadRequest& request) {
  if (view.path.empty()) {
    log::LogPage none;
    none.exists = false;
    return none;
  }
  return log::read_log(view.path, request);
}

bool Output::settled(const LogView& view, const model::Execution& execution) {
  using State = LogView::State;
  if (!model::is_final(execution.status)) return false;
  return view.state == State::whole || view.state == State::partial || view.state == State::missing;
}

Result<std::optional<LogBytes>> Output::bytes(const model::Execution& execution, std::int64_t offset, std::size_t max) {
  LogBytes found;
  found.ended = model::is_final(execution.status);  // known before the size is looked at
  const auto path = path_of(execution);
  const auto stat = log::stat_log(path);
  if (execution.log_path.empty() || !stat.exists) return std::optional<LogBytes>();
  found.size = stat.size;
  const auto want = std::clamp<std::int64_t>(stat.size - offset, 0, static_cast<std::int64_t>(max));
  auto bytes = log::read_log_bytes(path, offset, static_cast<std::size_t>(want));
  if (!bytes) return fail(bytes.error());
  found.bytes = std::move(*bytes);
  return std::optional<LogBytes>(std::move(found));
}

}  // namespace qd::service
