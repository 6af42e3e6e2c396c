// What becomes of the fires of one schedule that have come due. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "model/schedule_rules.hpp"

namespace qd::schedule {

// Keys of the peer: rundeck.scheduler.misfire.threshold (ms). The rest is ours.
struct Rules {
  Millis on_time{1'000};             // a fire that starts later than this is `late`
  Millis missed_after{60'000};       // later than this nobody would expect it any more: `missed`
  std::size_t max_missed_rows = 10;  // per schedule and settlement; one more row counts the rest
  std::size_t max_runs = 100;        // that policy "all" makes up for at once
};

struct Settled {
  UnixMillis due = 0;
  std::string state;   // store::fire::…
  std::string reason;  // for people; "" when it simply fired
  std::int64_t fires = 1;
  bool runs = false;
};

struct Settlement {
  std::vector<Settled> fires;      // earliest first; their counts add up to all that was due in [first, now]
  std::optional<UnixMillis> next;  // the first fire after now
};

// `first` is the schedule's next fire as its row has it, at or before `now`.
Settlement settle(UnixMillis first, UnixMillis now, const model::Timing& timing, const std::string& missed_policy,
                  const Rules& rules);

}  // namespace qd::schedule
