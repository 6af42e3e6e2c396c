// Due, claim, launch: settles the fires of the schedules that this member owns.
//
// Plain code over a database: tick() is called by the thread of SchedulerLoop, and by the simulation. A fire is claimed
// by the insertion of its ledger row in the transaction that writes its execution, under a shared lock on this
// incarnation's row, so that a member that was declared dead claims nothing.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/member.hpp"
#include "schedule/settle.hpp"
#include "store/schedule_store.hpp"

namespace qd::schedule {

// A fire about to be claimed, with all that was read for it.
class PreparedFire {
 public:
  virtual ~PreparedFire() = default;
  // Writes its execution; its id. Nullopt: the job's limit of running executions is reached. Called again when the
  // transaction is repeated.
  virtual std::optional<std::int64_t> insert(store::Session& session, UnixMillis now) = 0;
  virtual void start() = 0;  // after the commit; a lost database does not keep it from running
};

// What the scheduler needs of the engine.
class FireStarter {
 public:
  struct Answer {
    std::unique_ptr<PreparedFire> fire;
    std::string refusal;     // why it is skipped, when there is no `fire`
    bool try_later = false;  // not refused for good: this member has no room now
  };
  virtual ~FireStarter() = default;
  virtual void begin_tick() {}
  virtual Answer prepare(const store::ScheduleRow& schedule, UnixMillis due, UnixMillis now) = 0;
  // The final row of fires that nobody ran; its id, or nullopt when none is wanted.
  virtual std::optional<std::int64_t> insert_missed(store::Session& session, const store::ScheduleRow& schedule,
                                                    const store::FireRow& fire) = 0;
  virtual void missed_written(const store::ScheduleRow&, const store::FireRow&) {}  // after the commit
  // Why no execution may start at `due`, by the project's calendars; "" when it may.
  virtual std::string excluded(const store::ScheduleRow&, UnixMillis) { return {}; }
};

struct SchedulerSettings {
  Rules rules;
  std::size_t batch = 50;       // schedules for each transaction
  std::size_t max_due = 1'000;  // schedules for each tick
  Millis ledger_life{0};        // older fires are forgotten; 0: never
};

class Scheduler {
 public:
  Scheduler(store::Database& database, FireStarter& starter, const model::OwnIncarnation& self,
            SchedulerSettings settings);
  ~Scheduler();

  struct Tick {
    std::size_t claimed = 0;         // fires that this tick settled
    UnixMillis now = 0;              // the database's clock at its begin
    std::optional<UnixMillis> next;  // when the next schedule of this member is due
    bool more = false;               // the tick stopped at max_due: tick again at once
    bool fenced = false;             // this incarnation was declared dead: it claimed nothing
    bool no_room = false;            // fires are due that cannot start here now
  };
  // Throws DatabaseError when the database is lost; the next tick goes on, and first finds out what became of a claim
  // whose answer was lost. Not thread-safe.
  Tick tick(bool passive);

 private:
  struct Item;
  struct Plan;
  bool settle_due(bool passive, Tick& tick);
  // Nullopt: nothing can be settled now.
  std::optional<Plan> plan(const store::ScheduleRow& schedule, UnixMillis now, bool passive, Tick& tick);
  Item plan_fire(const store::ScheduleRow& schedule, const Settled& settled, UnixMillis now, bool passive,
                 bool& try_later);
  bool claim(std::vector<Plan>& plans, Tick& tick);
  void start(std::vector<Plan>& plans);
  static void count_fire(const Item& item);
  void settle_unanswered();
  bool is_written(const Item& item);
  void claim_fire(store::Session& session, const store::ScheduleRow& schedule, Item& item, UnixMillis now);

  store::Database& database_;
  store::ScheduleStore schedules_;
  FireStarter& starter_;
  const model::OwnIncarnation& self_;
  const SchedulerSettings settings_;
  std::vector<Plan> unanswered_;  // claims whose commit got no answer
  UnixMillis next_prune_ = 0;
};

}  // namespace qd::schedule
