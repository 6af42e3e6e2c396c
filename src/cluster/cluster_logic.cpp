#include "cluster/cluster_logic.hpp"

#include "base/logging.hpp"

namespace qd::cluster {
namespace {

constexpr Millis housekeeping_interval{60'000};
constexpr Millis event_life{std::chrono::hours(24 * 90)};
constexpr Millis proposal_life{std::chrono::hours(24 * 30)};

}  // namespace

ClusterLogic::ClusterLogic(const ClusterParts& parts, const ClusterConfig& config, ClusterHooks hooks,
                           Messenger::Random random)
    : parts_(parts),
      config_(config),
      hooks_(std::move(hooks)),
      journal_(parts.database, parts.self),
      membership_(parts.database, parts.liveness, parts.self, config.heartbeat, journal_, hooks_.membership),
      detector_(parts.self.uuid(), config.heartbeat),
      takeover_(parts.database, parts.self, config.autotakeover, config.heartbeat, config.enabled, journal_,
                {hooks_.takeover.choose_for_project,
                 [this] {
                   recovery_.sweep_soon();
                   if (hooks_.takeover.taken) hooks_.takeover.taken();
                 }}),
      recovery_(parts.database, parts.self, config.recovery, config.heartbeat, config.enabled, journal_,
                hooks_.recovery),
      messenger_(parts.database, parts.self, parts.sealer, config, journal_, std::move(random)) {}

Result<> ClusterLogic::start(const model::Member& self) {
  return membership_.start(self);
}

void ClusterLogic::close_earlier_lives() {
  const auto view = membership_.look();
  recovery_.sweep_own(view);
}

bool ClusterLogic::beat() {
  return membership_.beat(hooks_.vitals ? hooks_.vitals() : model::Vitals{});
}

void ClusterLogic::ask_to_rejoin() {
  rejoin_asked_ = true;
}

void ClusterLogic::rejoin_if_asked() {
  if (!rejoin_asked_ || membership_.phase() != Membership::Phase::fenced) return;
  const auto joined = membership_.rejoin();
  if (!joined) {
    base::log_error("cluster", joined.error().message);
    return;
  }
  rejoin_asked_ = false;
  if (hooks_.returned) hooks_.returned();
}

void ClusterLogic::watch() {
  rejoin_if_asked();
  try {
    membership_.keep_lock();
  } catch (const store::DatabaseError& error) {
    base::log_debug("cluster", std::string("the member's lock cannot be kept now: ") + error.what());
  }
  auto view = membership_.look();
  detector_.observe(view, parts_.liveness);
  view_.with([&](ClusterView& last) { last = view; });
  if (membership_.phase() != Membership::Phase::inside) return;
  membership_.apply_requests(view);
  takeover_.tick(view, detector_, membership_.active());
  recovery_.tick(view, detector_, membership_.active());
  if (view.now >= next_housekeeping_) keep_house(view.now);
}

void ClusterLogic::keep_house(UnixMillis now) {
  messenger_.prune();
  store::ClusterEventStore(parts_.database).prune(now - event_life.count());
  store::ProposalStore(parts_.database).prune(now - proposal_life.count());
  next_housekeeping_ = now + housekeeping_interval.count();
}

bool ClusterLogic::handle_messages() {
  const auto phase = membership_.phase();
  if (phase != Membership::Phase::inside && phase != Membership::Phase::leaving) return false;
  return messenger_.tick();
}

bool ClusterLogic::begin_leaving() {
  return membership_.begin_leaving();
}

void ClusterLogic::leave() {
  membership_.leave();
  if (parts_.liveness != nullptr) parts_.liveness->release();
}

ClusterView ClusterLogic::view() const {
  return view_.with([](const ClusterView& view) { return view; });
}

Result<Membership::ModeAnswer> ClusterLogic::request_mode(const std::string& uuid, bool active, const std::string& by) {
  return membership_.request_mode(uuid, active, by);
}

Result<store::ScheduleStore::Taken> ClusterLogic::take_over(const store::TakeoverFilter& filter, const std::string& to,
                                                            const std::string& by, std::size_t max_listed) {
  return takeover_.take_over(filter, to, by, max_listed);
}

}  // namespace qd::cluster
