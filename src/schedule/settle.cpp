#include "schedule/settle.hpp"

#include "store/schedule_store.hpp"

namespace qd::schedule {

namespace {

std::string seconds_of(Millis time) {
  return std::to_string((time.count() + 999) / 1000) + " s";
}

Settled run_now(UnixMillis due, UnixMillis now, const Rules& rules) {
  const Millis lateness{now - due};
  if (lateness <= rules.on_time) return {due, store::fire::fired, "", 1, true};
  return {due, store::fire::late, "claimed " + seconds_of(lateness) + " after it was due", 1, true};
}

// The fires that nobody ran in time: the first few, and the rest as a number.
class Missed {
 public:
  Missed(UnixMillis now, const Rules& rules) : now_(now), rules_(rules) {}

  void add(UnixMillis due, std::size_t most) {
    if (first_.size() < most) return first_.push_back(due);
    if (rest_ == 0) rest_first_ = due;
    ++rest_;
    last_ = due;
  }

  void record_all(std::vector<Settled>& rows) const {
    for (const auto due : first_) rows.push_back(missed(due, 1));
    if (rest_ > 0) rows.push_back(missed(rest_first_, rest_));
  }
  void run_all(std::vector<Settled>& rows) const {
    for (const auto due : first_) rows.push_back(made_up(due));
    if (rest_ > 0) rows.push_back(missed(rest_first_, rest_));
  }
  void run_last(std::vector<Settled>& rows) const {
    if (first_.empty()) return;
    for (std::size_t i = 0; i + (rest_ == 0 ? 1 : 0) < first_.size(); ++i) rows.push_back(missed(first_[i], 1));
    if (rest_ > 1) rows.push_back(missed(rest_first_, rest_ - 1));
    rows.push_back(made_up(rest_ > 0 ? last_ : first_.back()));
  }

 private:
  Settled missed(UnixMillis due, std::int64_t fires) const {
    auto reason = "nobody claimed it within " + seconds_of(rules_.missed_after);
    if (fires > 1) reason += "; stands for " + std::to_string(fires) + " fires";
    return {due, store::fire::missed, std::move(reason), fires, false};
  }
  Settled made_up(UnixMillis due) const {
    return {due, store::fire::late,
            "missed, and made up for " + seconds_of(Millis{now_ - due}) + " late, as its policy says", 1, true};
  }

  UnixMillis now_;
  const Rules& rules_;
  std::vector<UnixMillis> first_;
  std::int64_t rest_ = 0;
  UnixMillis rest_first_ = 0, last_ = 0;
};

}  // namespace

Settlement settle(UnixMillis first, UnixMillis now, const model::Timing& timing, const std::string& missed_policy,
                  const Rules& rules) {
  Settlement settlement;
  Missed missed(now, rules);
  std::vector<UnixMillis> live;
  std::optional<UnixMillis> due = first;
  for (; due && *due <= now; due = timing.next(*due)) {
    if (now - *due <= rules.missed_after.count()) {
      live.push_back(*due);
    } else {
      missed.add(*due, missed_policy == "all" ? rules.max_runs : rules.max_missed_rows);
    }
  }
  settlement.next = due;
  if (missed_policy == "all") {
    missed.run_all(settlement.fires);
  } else if (missed_policy == "once" && live.empty()) {  // a live one makes up for those before it
    missed.run_last(settlement.fires);
  } else {
    missed.record_all(settlement.fires);
  }
  for (const auto at : live) settlement.fires.push_back(run_now(at, now, rules));
  return settlement;
}

}  // namespace qd::schedule
