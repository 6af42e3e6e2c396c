#include "schedule/scheduler.hpp"

#include <algorithm>
#include <utility>

#include "base/logging.hpp"
#include "base/metrics.hpp"
#include "base/trace.hpp"
#include "store/execution_store.hpp"

namespace qd::schedule {

namespace {
constexpr std::size_t kPruneBatch = 1'000;
constexpr Millis kPruneInterval{60'000};

const base::CounterFamily fires_settled{
    "quarterdeck_schedule_fires_total",
    "Scheduled fires that this member settled, by what became of them",
    "state",
    {store::fire::fired, store::fire::late, store::fire::missed, store::fire::skipped}};
const base::HistogramFamily fire_lag{"quarterdeck_schedule_fire_lag_seconds",
                                     "Time from a fire's due time to the transaction that claimed it",
                                     {0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300}};
}  // namespace

// One fire that is to be settled.
struct Scheduler::Item {
  store::FireRow row;
  std::unique_ptr<PreparedFire> fire;  // null: nothing runs
  // How its claim went.
  bool claimed = false;
  std::optional<std::int64_t> execution;
  base::Span span;  // each fire is a trace of its own, of which its execution is a part
};

// What is due of one schedule, and the fire that comes next.
struct Scheduler::Plan {
  store::ScheduleRow schedule;
  std::vector<Item> items;
  std::optional<UnixMillis> next;
};

Scheduler::Scheduler(store::Database& database, FireStarter& starter, const model::OwnIncarnation& self,
                     SchedulerSettings settings)
    : database_(database), schedules_(database), starter_(starter), self_(self), settings_(settings) {}

Scheduler::~Scheduler() = default;

Scheduler::Tick Scheduler::tick(bool passive) {
  Tick tick;
  tick.now = database_.now();
  settle_unanswered();
  tick.next = schedules_.next_due(self_.uuid());
  if (tick.next && *tick.next <= tick.now && !settle_due(passive, tick)) return tick;
  if (settings_.ledger_life.count() > 0 && tick.now >= next_prune_) {
    const auto pruned = schedules_.prune(tick.now - settings_.ledger_life.count(), kPruneBatch);
    next_prune_ = tick.now + (pruned < static_cast<std::int64_t>(kPruneBatch) ? kPruneInterval.count() : 0);
  }
  return tick;
}

// False when this incarnation may not claim any more.
bool Scheduler::settle_due(bool passive, Tick& tick) {
  const auto due = schedules_.due(self_.uuid(), tick.now, settings_.max_due);
  tick.more = due.size() == settings_.max_due;
  if (!due.empty()) starter_.begin_tick();
  for (std::size_t begin = 0; begin < due.size(); begin += settings_.batch) {
    std::vector<Plan> plans;
    for (auto i = begin; i < std::min(due.size(), begin + settings_.batch); ++i) {
      if (auto planned = plan(due[i], tick.now, passive, tick)) plans.push_back(std::move(*planned));
    }
    if (plans.empty()) continue;
    try {
      tick.fenced = !claim(plans, tick);
    } catch (const store::DatabaseError&) {
      unanswered_ = std::move(plans);
      throw;
    }
    if (tick.fenced) return false;
    start(plans);
  }
  tick.more = tick.more && !tick.no_room;
  tick.next = schedules_.next_due(self_.uuid());
  return true;
}

void Scheduler::count_fire(const Item& item) {
  const bool limited = item.fire && !item.execution;
  fires_settled.with(limited ? store::fire::skipped : item.row.state).add(static_cast<double>(item.row.fires));
  if (item.fire && item.execution) fire_lag.observe(static_cast<double>(item.row.claimed - item.row.due) / 1000);
}

void Scheduler::start(std::vector<Plan>& plans) {
  for (auto& [schedule, items, next] : plans) {
    for (auto& item : items) {
      if (!item.claimed) continue;
      count_fire(item);
      if (item.fire && item.execution) {
        const base::WorkScope scope(item.span.work());
        item.fire->start();
      }
      item.span.end();
      if (item.row.state == store::fire::missed) starter_.missed_written(schedule, item.row);
    }
  }
}

// The ledger says whether a commit whose answer was lost took place: then nobody else runs what it wrote.
void Scheduler::settle_unanswered() {
  if (unanswered_.empty()) return;
  for (auto& plan : unanswered_) {
    for (auto& item : plan.items) item.claimed = item.claimed && is_written(item);
  }
  auto plans = std::exchange(unanswered_, {});
  start(plans);
}

bool Scheduler::is_written(const Item& item) {
  store::FireQuery query;
  query.job_uuid = item.row.job_uuid;
  query.from = query.until = item.row.due;
  for (const auto& row : schedules_.fires(query)) {
    if (row.by == self_.get() && row.execution == item.execution) return true;
  }
  return false;
}

std::optional<Scheduler::Plan> Scheduler::plan(const store::ScheduleRow& schedule, UnixMillis now, bool passive,
                                               Tick& tick) {
  const auto timing = model::Timing::parse(schedule.expression, schedule.zone);
  Settlement settlement;
  if (timing) {
    settlement = settle(*schedule.next, now, *timing, schedule.missed_policy, settings_.rules);
  } else {  // it was checked when it was saved: a zone that this machine does not know
    settlement.fires.push_back({*schedule.next, store::fire::skipped, timing.error().message, 1, false});
  }
  Plan plan{schedule, {}, settlement.next};
  for (const auto& settled : settlement.fires) {
    bool try_later = false;
    plan.items.push_back(plan_fire(schedule, settled, now, passive, try_later));
    if (!try_later) continue;
    tick.no_room = true;  // all of this schedule waits: its next fire stays where it is
    return std::nullopt;
  }
  return plan;
}

Scheduler::Item Scheduler::plan_fire(const store::ScheduleRow& schedule, const Settled& settled, UnixMillis now,
                                     bool passive, bool& try_later) {
  Item item;
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
  if (!settled.runs) return item;
  std::string skip;
  if (passive) skip = "passive mode: member " + self_.uuid() + " runs nothing now";
  if (skip.empty()) skip = starter_.excluded(schedule, settled.due);
  if (skip.empty()) {
    auto answer = starter_.prepare(schedule, settled.due, now);
    try_later = answer.try_later;
    item.fire = std::move(answer.fire);
    if (!item.fire) skip = std::move(answer.refusal);
  }
  if (!skip.empty()) {
    item.row.state = store::fire::skipped;
    item.row.reason = std::move(skip);
  }
  return item;
}

// False when this incarnation may not claim any more.
bool Scheduler::claim(std::vector<Plan>& plans, Tick& tick) {
  bool alive = true;
  std::size_t claimed = 0;
  database_.transact([&](store::Session& session) {
    claimed = 0;
    alive = store::ScheduleStore::hold_alive(session, self_.get());
    if (!alive) return;
    const auto now = session.now();
    for (auto& [schedule, items, next] : plans) {
      for (auto& item : items) item.claimed = false;
      if (!store::ScheduleStore::advance(session, schedule.id, *schedule.next, next)) continue;
      for (auto& item : items) {
        claim_fire(session, schedule, item, now);
        if (item.claimed) ++claimed;
      }
    }
  });
  tick.claimed += claimed;
  return alive;
}

void Scheduler::claim_fire(store::Session& session, const store::ScheduleRow& schedule, Item& item, UnixMillis now) {
  item.execution.reset();
  item.row.claimed = now;
  auto row = item.row;
  row.by = self_.get();
  item.span.drop();  // of a claim that is repeated
  if (item.fire) {
    item.span = base::Span::begin("schedule.fire", base::SpanKind::internal, {});
    item.span.set("quarterdeck.job.id", row.job_uuid);
    item.span.set("quarterdeck.project", row.project);
    item.span.set("quarterdeck.fire.lag_ms", row.claimed - row.due);
    const base::WorkScope scope(item.span.work());
    item.execution = item.fire->insert(session, now);
    if (!item.execution) {
      row.state = store::fire::skipped;
      row.reason = "concurrency limit: as many executions of the job are running as it allows";
    }
  } else if (row.state == store::fire::missed) {
    item.execution = starter_.insert_missed(session, schedule, row);
  }
  row.execution = item.execution;
  item.claimed = store::ScheduleStore::claim(session, row);
  if (!item.claimed) item.span.drop();
  // Somebody else has this fire: the row that was to run it never was.
  if (!item.claimed && item.execution) store::ExecutionStore::withdraw(session, *item.execution);
}

}  // namespace qd::schedule
