#include "model/forecast.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace qd::model {
namespace {

enum class Direction { forward, back };

std::optional<UnixMillis> step(const CronSchedule& schedule, UnixMillis from, Direction direction) {
  return direction == Direction::forward ? schedule.next(from) : schedule.previous(from);
}

// Merges the fires of several schedules; each schedule's next fire is kept beside it.
class ForecastMerge {
 public:
  ForecastMerge(std::span<const PlannedSchedule> schedules, UnixMillis from, Direction direction)
      : schedules_(schedules), direction_(direction) {
    for (const PlannedSchedule& planned : schedules) heads_.push_back(step(planned.schedule, from, direction));
  }

  // The next time at which any of them fires.
  std::optional<PlannedFire> take() {
    std::optional<UnixMillis> due;
    for (const auto& head : heads_) {
      if (head && (!due || (direction_ == Direction::forward ? *head < *due : *head > *due))) due = head;
    }
    if (!due) return {};
    PlannedFire fire{*due, true};
    for (std::size_t i = 0; i < heads_.size(); ++i) {
      if (heads_[i] != due) continue;
      const CronSchedule& schedule = schedules_[i].schedule;
      if (!model::excluded(schedules_[i].calendars, *due, schedule.zone)) fire.excluded = false;
      heads_[i] = step(schedule, *due, direction_);
    }
    return fire;
  }

 private:
  std::span<const PlannedSchedule> schedules_;
  Direction direction_;
  std::vector<std::optional<UnixMillis>> heads_;
};

}  // namespace

std::vector<PlannedFire> forecast(std::span<const PlannedSchedule> schedules, const ForecastWindow& window) {
  std::vector<PlannedFire> fires;
  ForecastMerge merge(schedules, window.from, Direction::forward);
  for (std::size_t looked = 0; looked < kMostForecastFires && fires.size() < window.max; ++looked) {
    const auto fire = merge.take();
    if (!fire || fire->due > window.until) break;
    if (!fire->excluded || window.with_excluded) fires.push_back(*fire);
  }
  return fires;
}

std::vector<PlannedFire> forecast_back(std::span<const PlannedSchedule> schedules, const ForecastWindow& window) {
  std::vector<PlannedFire> fires;
  constexpr UnixMillis last = std::numeric_limits<UnixMillis>::max() - 1;
  ForecastMerge merge(schedules, std::min(window.until, last) + 1, Direction::back);
  for (std::size_t looked = 0; looked < kMostForecastFires && fires.size() < window.max; ++looked) {
    const auto fire = merge.take();
    if (!fire || fire->due <= window.from) break;
    if (!fire->excluded || window.with_excluded) fires.push_back(*fire);
  }
  return fires;
}

}  // namespace qd::model
