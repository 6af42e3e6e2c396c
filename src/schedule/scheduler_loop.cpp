#include "schedule/scheduler_loop.hpp"

#include <algorithm>

#include "base/logging.hpp"
#include "base/metrics.hpp"

namespace qd::schedule {

namespace {
// What other members save, hand over and take over is found by looking: MIN of an index, a few times a second.
constexpr Millis kLongestPause{400};
constexpr Millis kShortestPause{1};
constexpr Millis kNoRoomPause{100};
constexpr Millis kFirstTrouble{200};
constexpr Millis kLongestTrouble{1'000};  // a database that is back finds fires waiting

const base::CounterFamily ticks_failed{"quarterdeck_schedule_tick_failures_total",
                                       "Times that looking for what is due failed, as a rule for want of the database"};
}  // namespace

SchedulerLoop::SchedulerLoop(Scheduler& scheduler, Hooks hooks)
    : scheduler_(scheduler), hooks_(std::move(hooks)), thread_("schedule", [this] { return tick(); }) {}

Millis SchedulerLoop::tick() {
  try {
    const auto tick = scheduler_.tick(hooks_.passive && hooks_.passive());
    trouble_ = Millis{0};
    if (hooks_.now) hooks_.now(tick.now);
    ++ticks_;
    fires_ += tick.claimed;
    if (tick.fenced) {
      if (hooks_.fenced) hooks_.fenced();
      return kLongestPause;
    }
    if (tick.no_room) return kNoRoomPause;
    if (tick.more) return Millis{0};
    if (!tick.next) return kLongestPause;
    return std::clamp(Millis{*tick.next - tick.now}, kShortestPause, kLongestPause);
  } catch (const std::exception& error) {
    ticks_failed.add();
    trouble_ = std::clamp(trouble_ * 2, kFirstTrouble, kLongestTrouble);
    base::log_warn("schedule", std::string("looking for what is due failed, and is tried again: ") + error.what());
    return trouble_;
  }
}

}  // namespace qd::schedule
