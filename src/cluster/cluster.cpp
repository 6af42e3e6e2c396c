#include "cluster/cluster.hpp"

#include <algorithm>

#include "base/id.hpp"
#include "base/logging.hpp"

namespace qd::cluster {
namespace {

constexpr Millis look_interval{200};
constexpr Millis lone_look_interval{1'000};  // of a member without cluster mode
constexpr Millis beat_retry{500};
constexpr Millis lock_patience{5'000};
constexpr std::size_t nonce_length = 32;

}  // namespace

// Says once that something fails, and once that it works again.
class Cluster::Trouble {
 public:
  explicit Trouble(const char* what) : what_(what) {}
  // False when `act` threw.
  template <class Act>
  bool attempt(Act&& act) {
    try {
      act();
    } catch (const std::exception& error) {
      if (!failing_) base::log_warn("cluster", std::string(what_) + " fails: " + error.what());
      failing_ = true;
      return false;
    }
    if (failing_) base::log_info("cluster", std::string(what_) + " works again.");
    failing_ = false;
    return true;
  }

 private:
  const char* const what_;
  bool failing_ = false;
};

Cluster::Cluster(store::Database& database, std::unique_ptr<store::LivenessSession> liveness,
                 model::OwnIncarnation& self, Sealer* sealer, const ClusterConfig& config, ClusterHooks hooks)
    : database_(database),
      liveness_(config.fast_failure_detection ? std::move(liveness) : nullptr),
      config_(config),
      logic_({database, liveness_.get(), self, sealer}, config, std::move(hooks),
             [] { return base::random_token(nonce_length); }) {}

Cluster::~Cluster() {
  stop();
}

Result<> Cluster::start(const model::Member& self) {
  const auto give_up = std::chrono::steady_clock::now() + lock_patience;
  for (;;) {
    try {
      const auto started = logic_.start(self);
      if (started) break;
      // Without locks a wait of seconds would not help.
      if (!liveness_ || std::chrono::steady_clock::now() >= give_up || !pause(look_interval)) return started;
    } catch (const store::DatabaseError& error) {
      return fail(ErrorKind::unavailable,
                  std::string("This member cannot join the cluster: ") + error.what() +
                      (error.unavailable ? ""
                                         : ". If the database has no session locks, set rundeck.clusterMode."
                                           "fastFailureDetection to false."));
    }
  }
  return {};
}

void Cluster::run() {
  beats_ = std::thread([this] { beat_loop(); });
  watch_ = std::thread([this] { watch_loop(); });
  messages_ = std::thread([this] { message_loop(); });
}

void Cluster::begin_leaving() noexcept {
  Trouble("leaving the cluster").attempt([this] { logic_.begin_leaving(); });
}

void Cluster::stop() noexcept {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  for (auto* thread : {&beats_, &watch_, &messages_}) {
    if (thread->joinable()) thread->join();
  }
  if (logic_.phase() == Membership::Phase::outside) return;
  Trouble("leaving the cluster").attempt([this] { logic_.leave(); });
  if (liveness_) liveness_->release();
}

void Cluster::poke_messages() {
  const std::lock_guard lock(mutex_);
  poked_ = true;
  changed_.notify_all();
}

bool Cluster::pause(Millis time) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, time, [this] { return stopping_; });
}

// Where the database notifies, its word ends the pause, and is passed on.
bool Cluster::pause_for_wake(Millis time) {
  if (!liveness_ || database_.dialect() != store::Dialect::postgresql) return pause(time);
  try {
    const auto until = std::chrono::steady_clock::now() + time;
    bool woken = false;
    while (!woken && std::chrono::steady_clock::now() < until && pause(Millis{0})) {
      woken = liveness_->wait(std::min(time, look_interval));
    }
    if (woken) poke_messages();
    return pause(Millis{0});
  } catch (const store::DatabaseError&) {  // watch() makes the session anew
    return pause(time);
  }
}

void Cluster::beat_loop() {
  Trouble trouble("the heartbeat");
  const auto& heartbeat = config_.heartbeat;
  Millis time = std::min(heartbeat.delay, heartbeat.interval);
  while (pause(time)) {
    const bool sent = trouble.attempt([this] { logic_.beat(); });
    time = sent ? heartbeat.interval : std::min(heartbeat.interval, beat_retry);
  }
}

void Cluster::watch_loop() {
  Trouble trouble("watching the cluster");
  const auto time = config_.enabled ? look_interval : lone_look_interval;
  do {
    trouble.attempt([this] { logic_.watch(); });
  } while (pause_for_wake(time));
}

void Cluster::wait_for_messages() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, config_.process_interval, [this] { return stopping_ || poked_; });
  poked_ = false;
}

void Cluster::message_loop() {
  Trouble trouble("handling messages");
  while (pause(Millis{0})) {
    bool more = false;
    const bool handled = trouble.attempt([&] { more = logic_.handle_messages(); });
    if (!handled && !pause(beat_retry)) return;
    if (handled && !more) wait_for_messages();
  }
}

}  // namespace qd::cluster
