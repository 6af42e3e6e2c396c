#include "sim_member.hpp"

#include <algorithm>

namespace qd::simulation {

namespace {
constexpr Millis kLongestTick{400};
constexpr Millis kPauseAfterTrouble{300};
constexpr Millis kDrain{2'000};
constexpr Millis kShortLook{50};
}  // namespace

struct SimMember::Fire final : schedule::PreparedFire {
  Fire(SimMember& owner, const store::ScheduleRow& row, std::optional<std::string> target)
      : member(owner), job_uuid(row.job_uuid), project(row.project), elsewhere(std::move(target)) {}

  std::optional<std::int64_t> insert(store::Session& session, UnixMillis now) override {
    execution = {};
    execution.project = project;
    execution.job_uuid = job_uuid;
    execution.type = "scheduled";
    const bool made = elsewhere ? insert_elsewhere(session, now) : insert_here(session, now);
    return made ? std::optional(execution.id) : std::nullopt;
  }
  void start() override {
    if (elsewhere) {
      member.runner_.forward(execution, member.shared_from_this());
    } else {
      member.runner_.begin(execution.id, life, member.shared_from_this());
    }
  }

  bool insert_here(store::Session& session, UnixMillis now) {
    life = member.self_.get();
    execution.started = now;
    execution.server_uuid = life.uuid;
    execution.incarnation = life.number;
    if (!job_uuid.starts_with(kLimitedJob)) {
      execution.id = store::ExecutionStore::create(session, execution);
      return true;
    }
    const auto id = store::ExecutionStore::create_within_limit(session, execution, 1);
    if (id) execution.id = *id;
    return id.has_value();
  }
  bool insert_elsewhere(store::Session& session, UnixMillis now) {
    using Store = store::ExecutionStore;
    if (job_uuid.starts_with(kLimitedJob) &&
        Store::count_queued(session, job_uuid) + Store::count_running(session, job_uuid) > 0) {
      return false;
    }
    execution.status = model::status::queued;
    execution.scheduled_for = now;
    execution.server_uuid = *elsewhere;
    execution.extra["waits"] = elsewhere->empty() ? "queue" : "member";
    execution.extra["from"] = member.self_.uuid();
    execution.id = Store::create(session, execution);
    return true;
  }

  SimMember& member;
  const std::string job_uuid, project;
  const std::optional<std::string> elsewhere;  // nullopt: here
  model::Incarnation life;
  model::Execution execution;
};

// A retry that is only counted.
class CountedRetry final : public cluster::PreparedRetry {
 public:
  CountedRetry(Truth& truth, std::int64_t id) : truth_(truth), id_(id) {}
  void insert(store::Session&, UnixMillis) override {}
  void start() override {
    ++truth_.recovered;
    ++truth_.retries[id_];
  }

 private:
  Truth& truth_;
  const std::int64_t id_;
};

cluster::ClusterHooks SimMember::hooks() {
  cluster::ClusterHooks hooks;
  hooks.membership.fenced = [this] {
    ++truth_.fenced;
    cluster_.ask_to_rejoin();
  };
  hooks.membership.mode = [](bool) {};
  hooks.takeover.choose_for_project = [this](const std::string& project) {
    return runner_.choose_for_project(project);
  };
  hooks.recovery.retry = [this](const model::Execution& execution) {
    return std::make_unique<CountedRetry>(truth_, execution.id);
  };
  hooks.vitals = [this] {
    model::Vitals vitals;
    vitals.running = static_cast<std::int64_t>(runner_.running());
    vitals.cpu_percent = static_cast<double>(world_.pick(100));
    return vitals;
  };
  return hooks;
}

SimMember::SimMember(SimServer& server, SimLocks& locks, const SimConfig& config, Truth& truth, std::string uuid)
    : server_(server),
      world_(server.world),
      config_(config),
      truth_(truth),
      process_(std::make_shared<Process>()),
      database_(server),
      self_(uuid, 0),
      liveness_(server, locks, process_, uuid),
      cluster_({database_, config.cluster.fast_failure_detection ? &liveness_ : nullptr, self_, nullptr},
               config_.cluster, hooks(), [this] { return std::to_string(world_.random()()); }),
      runner_({world_, database_, self_, cluster_, config_, truth_, process_}),
      scheduler_(database_, *this, self_, config.scheduler) {
  process_->name = std::move(uuid);
  cluster_.messages().on(cluster::message_kind::run,
                         [this](const cluster::Incoming& message) { return runner_.told(message); });
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
      inside_ = cluster_.start(description).has_value();
    });
    if (!inside_) world_.sleep(Millis{500});
  }
  const auto self = shared_from_this();
  world_.spawn(process_, world_.now(), [self] { self->beat(); });
  world_.spawn(process_, world_.now(), [self] { self->watch(); });
  world_.spawn(process_, world_.now(), [self] { self->handle_messages(); });
  world_.spawn(process_, world_.now(), [self] { self->look_at_executions(); });
  schedule();
  leave();
}

void SimMember::beat() {
  world_.sleep(config_.cluster.heartbeat.delay);
  for (;;) {
    attempt([&] { cluster_.beat(); });
    world_.sleep(config_.cluster.heartbeat.interval);
  }
}

void SimMember::watch() {
  for (;;) {
    attempt([&] { cluster_.watch(); });
    world_.sleep(config_.watch);
  }
}

void SimMember::handle_messages() {
  for (;;) {
    bool more = false;
    attempt([&] { more = cluster_.handle_messages(); });
    if (!more) world_.sleep(config_.cluster.process_interval);
  }
}

void SimMember::look_at_executions() {
  for (;;) {
    const auto phase = cluster_.phase();
    if (phase == cluster::Membership::Phase::inside && cluster_.active() && !stopping_) {
      attempt([&] { runner_.look(shared_from_this()); });
    }
    for (auto waited = Millis{0}; waited < kLongestTick && !runner_.look_soon(); waited += kShortLook) {
      world_.sleep(kShortLook);
    }
  }
}

void SimMember::schedule() {
  while (!stopping_) {
    auto pause = kLongestTick;
    if (cluster_.phase() == cluster::Membership::Phase::inside) {
      attempt([&] {
        const auto tick = scheduler_.tick(!cluster_.active());
        if (tick.more) pause = Millis{0};
        if (tick.next) pause = std::clamp(Millis{*tick.next - tick.now}, Millis{1}, kLongestTick);
        if (tick.no_room) pause = Millis{100};
      });
    }
    world_.sleep(pause);
  }
}

void SimMember::leave() {
  const auto until = world_.now() + kDrain.count();
  bool left = false;
  attempt([&] { (void)cluster_.begin_leaving(); });
  while (runner_.running() > 0 && world_.now() < until) world_.sleep(Millis{50});
  for (int i = 0; i < 5 && !left; ++i) {
    attempt([&] {
      cluster_.leave();
      left = true;
    });
  }
  liveness_.release();
  world_.kill(*process_);
}

schedule::FireStarter::Answer SimMember::prepare(const store::ScheduleRow& schedule, UnixMillis, UnixMillis) {
  auto target = runner_.route(schedule.project);
  if (!target) return {nullptr, target.error().message, true};
  return {std::make_unique<Fire>(*this, schedule, std::move(*target)), "", false};
}

std::optional<std::int64_t> SimMember::insert_missed(store::Session&, const store::ScheduleRow&,
                                                     const store::FireRow&) {
  return std::nullopt;
}

}  // namespace qd::simulation
