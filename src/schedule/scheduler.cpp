#include "schedule/scheduler.hpp"

#include <algorithm>
#include <span>

#include "base/logging.hpp"
#include "store/execution_store.hpp"

namespace qd::schedule {

// One fire of one schedule, or the step of a schedule to its next fire.
struct Scheduler::Item {
  store::ScheduleRow schedule;
  store::FireRow row;
  std::unique_ptr<PreparedFire> fire;  // null: nothing runs
  bool last = false;                   // of its schedule: `next` is its next fire
  std::optional<UnixMillis> next;
  // How its claim went.
  bool claimed = false;
  std::optional<std::int64_t> execution;
};

Scheduler::Scheduler(store::Database& database, FireStarter& starter, const model::OwnIncarnation& self,
                     SchedulerSettings settings)
    : database_(database), schedules_(database), starter_(starter), self_(self), settings_(settings) {}

Scheduler::Tick Scheduler::tick(bool passive) {
  Tick tick;
  tick.now = database_.now();
  const auto due = schedules_.due(self_.uuid(), tick.now, settings_.max_due);
  tick.more = due.size() == settings_.max_due;
  if (!due.empty()) starter_.begin_tick();
  for (std::size_t begin = 0; begin < due.size(); begin += settings_.batch) {
    const auto end = std::min(due.size(), begin + settings_.batch);
    auto items =
        plan({due.begin() + static_cast<std::ptrdiff_t>(begin), due.begin() + static_cast<std::ptrdiff_t>(end)},
             tick.now, passive, tick);
    if (items.empty()) continue;
    if (!claim(items, tick)) {
      tick.fenced = true;
      return tick;
    }
    for (auto& item : items) {
      if (!item.claimed) continue;
      if (item.fire && item.execution) item.fire->start();
      if (item.row.state == store::fire::missed) starter_.missed_written(item.schedule, item.row);
    }
  }
  tick.more = tick.more && !tick.no_room;
  tick.next = schedules_.next_due(self_.uuid());
  return tick;
}

std::vector<Scheduler::Item> Scheduler::plan(const std::vector<store::ScheduleRow>& due, UnixMillis now, bool passive,
                                             Tick& tick) {
  std::vector<Item> items;
  for (const auto& schedule : due) plan_schedule(schedule, now, passive, items, tick);
  return items;
}

void Scheduler::plan_schedule(const store::ScheduleRow& schedule, UnixMillis now, bool passive,
                              std::vector<Item>& items, Tick& tick) {
  const auto timing = model::Timing::parse(schedule.expression, schedule.zone);
  Settlement settlement;
  if (timing) {
    settlement = settle(*schedule.next, now, *timing, schedule.missed_policy, settings_.rules);
  } else {  // it was checked when it was saved: a zone that this machine does not know
    settlement.fires.push_back({*schedule.next, store::fire::skipped, timing.error().message, 1, false});
  }
  const auto first = items.size();
  for (const auto& settled : settlement.fires) {
    Item item;
    item.schedule = schedule;
    item.row = {.job_uuid = schedule.job_uuid,
                .due = settled.due,
                .project = schedule.project,
                .source = schedule.source,
                .state = settled.state,
                .reason = settled.reason,
                .fires = settled.fires,
                .claimed = now,
                .by = {},
                .owner_uuid = schedule.server_uuid,
                .execution = {}};
    std::string skip;
    if (settled.runs && passive) skip = "passive mode: member " + self_.uuid() + " runs nothing now";
    if (settled.runs && skip.empty()) skip = starter_.excluded(schedule, settled.due);
    if (settled.runs && skip.empty()) {
      auto answer = starter_.prepare(schedule, settled.due, now);
      if (answer.try_later) {  // all of this schedule waits: its next fire stays where it is
        tick.no_room = true;
        items.resize(first);
        return;
      }
      item.fire = std::move(answer.fire);
      if (!item.fire) skip = answer.refusal;
    }
    if (!skip.empty()) {
      item.row.state = store::fire::skipped;
      item.row.reason = skip;
    }
    items.push_back(std::move(item));
  }
  if (items.size() == first) return;
  items.back().last = true;
  items.back().next = settlement.next;
}

// False when this incarnation may not claim any more.
bool Scheduler::claim(std::vector<Item>& items, Tick& tick) {
  bool alive = true;
  std::size_t claimed = 0;
  database_.transact([&](store::Session& session) {
    claimed = 0;
    alive = store::ScheduleStore::hold_alive(session, self_.get());
    if (!alive) return;
    const auto now = session.now();
    for (auto& item : items) {
      claim_one(session, item, now);
      if (item.claimed) ++claimed;
      if (item.last) store::ScheduleStore::advance(session, item.schedule.id, *item.schedule.next, item.next);
    }
  });
  tick.claimed += claimed;
  return alive;
}

void Scheduler::claim_one(store::Session& session, Item& item, UnixMillis now) {
  item.claimed = false;
  item.execution.reset();
  auto row = item.row;
  row.by = self_.get();
  row.claimed = now;
  if (item.fire) {
    item.execution = item.fire->insert(session, now);
    if (!item.execution) {
      row.state = store::fire::skipped;
      row.reason = "concurrency limit: as many executions of the job are running as it allows";
    }
  } else if (row.state == store::fire::missed) {
    item.execution = starter_.insert_missed(session, item.schedule, row);
  }
  row.execution = item.execution;
  item.claimed = store::ScheduleStore::claim(session, row);
  // Somebody else has this fire: the row that was to run it never was.
  if (!item.claimed && item.execution) store::ExecutionStore::withdraw(session, *item.execution);
}

}  // namespace qd::schedule
