#include "model/execution.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace qd::model {

namespace {
constexpr std::array<std::string_view, 3> kOpenStatuses{status::queued, status::scheduled, status::running};
constexpr std::array<std::string_view, 7> kFinalStatuses{
    status::succeeded,  status::failed, status::failed_with_retry, status::aborted, status::timed_out,
    status::incomplete, status::missed};
}  // namespace

bool is_final(const std::string& status) {
  return std::ranges::count(kOpenStatuses, status) == 0;
}

bool is_standard(const std::string& status) {
  return !is_final(status) || std::ranges::count(kFinalStatuses, status) > 0;
}

const char* to_text(RunState state) {
  switch (state) {
    case RunState::waiting:
      return "WAITING";
    case RunState::running:
      return "RUNNING";
    case RunState::running_handler:
      return "RUNNING_HANDLER";
    case RunState::succeeded:
      return "SUCCEEDED";
    case RunState::failed:
      return "FAILED";
    case RunState::aborted:
      return "ABORTED";
    case RunState::node_partial_succeeded:
      return "NODE_PARTIAL_SUCCEEDED";
    case RunState::node_mixed:
      return "NODE_MIXED";
    case RunState::not_started:
      return "NOT_STARTED";
  }
  return "WAITING";
}

}  // namespace qd::model
