// What became of an execution whose row this member wrote or took when the database's answer was lost: the row may say
// that it runs here, and nobody runs it.
#include <limits>

#include "base/logging.hpp"
#include "engine/launcher_impl.hpp"

namespace qd::engine {

namespace {
constexpr Millis kAskAgain{500};
}  // namespace

void Launcher::Impl::ask_later(const model::Execution& execution, Unanswered then) {
  unanswered.with([&](auto& all) { all[execution.uuid] = then; });
  look_at(kAskAgain);
}

// Throws store::DatabaseError while there is still no answer; the next look asks again.
void Launcher::Impl::settle_unanswered() {
  const auto asked = unanswered.with([](const auto& all) { return all; });
  for (const auto& [uuid, then] : asked) {
    // A row that was never committed has no id, and its id may be another's by now.
    auto execution = parts.executions.find_unfinished(uuid);
    if (execution && !registry.find(execution->id)) settle_unanswered(std::move(*execution), then);
    unanswered.with([&](auto& all) { all.erase(uuid); });
  }
}

void Launcher::Impl::settle_unanswered(model::Execution execution, Unanswered then) {
  const auto id = execution.id;
  const auto here = self.get();
  const bool runs_here = execution.status == model::status::running && execution.server_uuid == here.uuid &&
                         execution.incarnation == here.number;
  if (then == Unanswered::run) {
    if (!runs_here) return;
    base::log_info("engine",
                   "execution " + std::to_string(id) + " starts: its row was taken, only the answer was lost");
    auto plan = plan_due(std::move(execution));
    registry.reserve(std::numeric_limits<std::size_t>::max());
    return start(std::move(plan));
  }
  bool closed = false;
  if (runs_here) {
    store::ExecutionOutcome outcome;
    outcome.status = model::status::incomplete;
    outcome.ended = parts.clock.now();
    outcome.abort_reason = "The database did not answer when it was started";
    closed = parts.executions.finish(id, here.uuid, here.number, outcome);
  } else {
    closed = parts.executions.cancel_waiting(id, "system", parts.clock.now());
  }
  if (!closed) return;
  base::log_warn("engine", "execution " + std::to_string(id) +
                               " is closed: who asked for it was told that the database did not answer");
  parts.hub.publish({log::HubEvent::Kind::completed, id, 0});
}

}  // namespace qd::engine
