#include "sim_member.hpp"

#include <algorithm>

#include "store/execution_store.hpp"

namespace qd::simulation {

namespace {
constexpr Millis kLongestTick{400};
constexpr Millis kPauseAfterTrouble{300};
constexpr Millis kDrain{2'000};
}  // namespace

struct SimMember::Fire final : schedule::PreparedFire {
  Fire(SimMember& owner, const store::ScheduleRow& row, UnixMillis when)
      : member(owner), job_uuid(row.job_uuid), project(row.project), due(when) {}

  std::optional<std::int64_t> insert(store::Session& session, UnixMillis now) override {
    life = member.self_.get();
    model::Execution execution;
    execution.project = project;
    execution.job_uuid = job_uuid;
    execution.type = "scheduled";
    execution.started = now;
    execution.server_uuid = life.uuid;
    execution.incarnation = life.number;
    const bool limited = job_uuid.starts_with("one");
    if (limited) {
      const auto made = store::ExecutionStore::create_within_limit(session, execution, 1);
      id = made.value_or(0);
      return made;
    }
    id = store::ExecutionStore::create(session, execution);
    return id;
  }
  void start() override {
    ++member.truth_.starts[{job_uuid, due}];
    member.run_execution(id, life);
  }

  SimMember& member;
  std::string job_uuid, project;
  UnixMillis due;
  model::Incarnation life;
  std::int64_t id = 0;
};

SimMember::SimMember(SimServer& server, SimLocks& locks, const SimConfig& config, Truth& truth, std::string uuid)
    : server_(server),
      world_(server.world),
      config_(config),
      truth_(truth),
      process_(std::make_shared<Process>()),
      database_(server),
      self_(uuid, 0),
      liveness_(server, locks, process_, uuid),
      journal_(database_, self_),
      membership_(database_, config.cluster.fast_failure_detection ? &liveness_ : nullptr, self_,
                  config.cluster.heartbeat, journal_, {[this] { ++truth_.fenced; }, [](bool) {}}),
      detector_(uuid, config.cluster.heartbeat),
      takeover_(database_, self_, config.cluster.autotakeover, config.cluster.heartbeat, true, journal_, {}),
      recovery_(database_, self_, config.cluster.recovery, config.cluster.heartbeat, true, journal_,
                {[this](const model::Execution&) { ++truth_.recovered; }, {}}),
      scheduler_(database_, *this, self_, config.scheduler) {
  process_->name = std::move(uuid);
}

template <class Work>
void SimMember::attempt(Work work) {
  try {
    work();
  } catch (const store::DatabaseError&) {
    world_.sleep(kPauseAfterTrouble);
  }
}

void SimMember::start(UnixMillis at) {
  const auto self = shared_from_this();
  world_.spawn(process_, at, [self] { self->join(); });
}

void SimMember::join() {
  while (!inside_) {
    attempt([&] {
      model::Member description;
      description.id.uuid = self_.uuid();
      description.name = self_.uuid();
      inside_ = membership_.start(description).has_value();
    });
    if (!inside_) world_.sleep(Millis{500});
  }
  const auto self = shared_from_this();
  world_.spawn(process_, world_.now(), [self] { self->beat(); });
  world_.spawn(process_, world_.now(), [self] { self->watch(); });
  schedule();
  leave();
}

void SimMember::beat() {
  world_.sleep(config_.cluster.heartbeat.delay);
  for (;;) {
    attempt([&] { membership_.beat({}); });
    world_.sleep(config_.cluster.heartbeat.interval);
  }
}

void SimMember::watch() {
  for (;;) {
    attempt([&] {
      membership_.keep_lock();
      auto view = membership_.look();
      detector_.observe(view, config_.cluster.fast_failure_detection ? &liveness_ : nullptr);
      membership_.apply_requests(view);
      if (membership_.phase() == cluster::Membership::Phase::fenced && !stopping_) (void)membership_.rejoin();
      if (membership_.phase() != cluster::Membership::Phase::inside) return;
      takeover_.tick(view, detector_, membership_.active());
      recovery_.tick(view, detector_, membership_.active());
    });
    world_.sleep(config_.watch);
  }
}

void SimMember::schedule() {
  while (!stopping_) {
    auto pause = kLongestTick;
    if (membership_.phase() == cluster::Membership::Phase::inside) {
      attempt([&] {
        const auto tick = scheduler_.tick(false);
        if (tick.more) pause = Millis{0};
        if (tick.next) pause = std::clamp(Millis{*tick.next - tick.now}, Millis{1}, kLongestTick);
      });
    }
    world_.sleep(pause);
  }
}

void SimMember::leave() {
  const auto until = world_.now() + kDrain.count();
  bool left = false;
  attempt([&] { (void)membership_.begin_leaving(); });
  while (running_ > 0 && world_.now() < until) world_.sleep(Millis{50});
  for (int i = 0; i < 5 && !left; ++i) attempt([&] { left = membership_.leave(); });
  liveness_.release();
  world_.kill(*process_);
}

schedule::FireStarter::Answer SimMember::prepare(const store::ScheduleRow& schedule, UnixMillis due, UnixMillis) {
  return {std::make_unique<Fire>(*this, schedule, due), "", false};
}

std::optional<std::int64_t> SimMember::insert_missed(store::Session&, const store::ScheduleRow&,
                                                     const store::FireRow&) {
  return std::nullopt;
}

void SimMember::run_execution(std::int64_t id, model::Incarnation life) {
  ++running_;
  const auto lasts = static_cast<UnixMillis>(world_.pick(static_cast<std::uint64_t>(config_.longest_run.count())));
  const auto self = shared_from_this();
  world_.spawn(process_, world_.now() + lasts, [self, id, life] {
    store::ExecutionOutcome outcome;
    outcome.status = model::status::succeeded;
    for (bool known = false; !known && self->self_.get() == life;) {  // a fenced life ends what it ran
      self->attempt([&] {
        outcome.ended = self->world_.now();
        if (store::ExecutionStore(self->database_).finish(id, life.uuid, life.number, outcome))
          ++self->truth_.outcomes[id];
        known = true;
      });
    }
    --self->running_;
  });
}

}  // namespace qd::simulation
