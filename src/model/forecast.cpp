#include "model/forecast.hpp"

#include <algorithm>
#include <optional>

namespace qd::model {
namespace {

// Merges the fires of several schedules; each schedule's next fire is kept beside it.
class ForecastMerge {
 public:
  ForecastMerge(std::span<const PlannedSchedule> schedules, UnixMillis from) : schedules_(schedules) {
    for (const PlannedSchedule& planned : schedules) heads_.push_back(planned.schedule.next(from));
  }

  // The next time at which any of them fires.
  std::optional<PlannedFire> take() {
    std::optional<UnixMillis> due;
    for (const auto& head : heads_) {
      if (head && (!due || *head < *due)) due = head;
    }
    if (!due) return {};
    PlannedFire fire{*due, true};
    for (std::size_t i = 0; i < heads_.size(); ++i) {
      if (heads_[i] != due) continue;
      const CronSchedule& schedule = schedules_[i].schedule;
      if (!model::excluded(schedules_[i].calendars, *due, schedule.zone)) fire.excluded = false;
      heads_[i] = schedule.next(*due);
    }
    return fire;
  }

 private:
  std::span<const PlannedSchedule> schedules_;
  std::vector<std::optional<UnixMillis>> heads_;
};

}  // namespace

std::vector<PlannedFire> forecast(std::span<const PlannedSchedule> schedules, const ForecastWindow& window) {
  std::vector<PlannedFire> fires;
  ForecastMerge merge(schedules, window.from);
  for (std::size_t looked = 0; looked < kMostForecastFires && fires.size() < window.max; ++looked) {
    const auto fire = merge.take();
    if (!fire || fire->due > window.until) break;
    if (!fire->excluded || window.with_excluded) fires.push_back(*fire);
  }
  return fires;
}

}  // namespace qd::model
