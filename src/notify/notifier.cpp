#include "notify/notifier.hpp"

#include <algorithm>

#include "base/logging.hpp"
#include "base/metrics.hpp"

namespace qd::notify {

namespace {

constexpr std::size_t kThreads = 16;  // started when they are needed
constexpr Millis kFirstTrouble{200};
constexpr Millis kLongestTrouble{5'000};
constexpr Millis kStopGrace{2'000};
constexpr int kRecordAttempts = 10;
constexpr Millis kRecordPause{500};
constexpr std::chrono::hours kPruneEvery{1};

const base::CounterFamily attempts_made{"quarterdeck_notifications_total",
                                        "Attempts of this member to deliver a notification",
                                        "outcome",
                                        {"sent", "retried", "given_up"}};

std::string named(const store::Delivery& delivery) {
  return "the " + delivery.kind + " to '" + delivery.target + "' about execution " +
         std::to_string(delivery.execution) + " (" + delivery.trigger + ")";
}

}  // namespace

Millis pause_after(std::int64_t attempts, const NotifierConfig& config) {
  auto pause = config.first_pause;
  for (std::int64_t i = 1; i < attempts && pause < config.longest_pause; ++i) pause *= 2;
  return std::min(pause, config.longest_pause);
}

Notifier::Notifier(store::Database& database, const model::OwnIncarnation& self, Send send, NotifierConfig config)
    : deliveries_(database),
      self_(self),
      send_(std::move(send)),
      config_(config),
      pool_("notify", kThreads, kThreads) {}

Notifier::~Notifier() {
  stop();
}

void Notifier::start() {
  const std::lock_guard lock(mutex_);
  if (thread_.joinable()) return;
  stopping_ = false;
  cancelled_ = false;
  next_prune_ = std::chrono::steady_clock::now() + kPruneEvery;
  thread_ = std::thread([this] { run(); });
}

void Notifier::stop() noexcept {
  std::thread ending;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
    ending = std::move(thread_);
  }
  if (ending.joinable()) ending.join();
  {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kStopGrace, [this] { return under_way_ == 0; });
  }
  cancelled_ = true;
  pool_.stop();
}

void Notifier::poke() {
  const std::lock_guard lock(mutex_);
  poked_ = true;
  changed_.notify_all();
}

void Notifier::run() {
  for (bool last = false; !last;) {
    Millis pause = tick();
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, pause, [this] { return stopping_ || poked_; });
    last = stopping_ && !poked_;
    poked_ = false;
  }
}

Millis Notifier::tick() {
  std::size_t room = 0;
  {
    const std::lock_guard lock(mutex_);
    room = kThreads - under_way_;
  }
  if (room == 0) return config_.look_every;  // whoever ends pokes
  try {
    const Millis length = config_.attempt_limit * 2 + Millis{60'000};
    const auto leased = deliveries_.lease({self_.get(), length, config_.patience, room, config_.silence});
    for (const auto& one : leased) {
      {
        const std::lock_guard lock(mutex_);
        ++under_way_;
      }
      pool_.post([this, one] { deliver(one); });
    }
    prune();
    trouble_ = Millis{0};
    return config_.look_every;
  } catch (const std::exception& error) {
    trouble_ = std::clamp(trouble_ * 2, kFirstTrouble, kLongestTrouble);
    base::log_warn("notify",
                   std::string("looking for messages to deliver failed, and is tried again: ") + error.what());
    return trouble_;
  }
}

void Notifier::deliver(const store::Delivery& delivery) {
  Attempt attempt;
  try {
    attempt = send_(delivery, [this] { return cancelled_.load(); });
  } catch (const std::exception& error) {
    attempt = {Attempt::End::later, error.what()};
  }
  for (int tries = 1; tries <= kRecordAttempts; ++tries) {
    try {
      record(delivery, attempt);
      break;
    } catch (const std::exception& error) {
      base::log_warn("notify", named(delivery) + ": what came of it is not written yet: " + error.what());
    }
    if (cancelled_) break;
    std::this_thread::sleep_for(kRecordPause);
  }
  const std::lock_guard lock(mutex_);
  --under_way_;
  poked_ = poked_ || !stopping_;
  changed_.notify_all();
}

void Notifier::record(const store::Delivery& delivery, const Attempt& attempt) {
  using End = Attempt::End;
  if (attempt.end == End::sent) {
    deliveries_.sent(delivery, attempt.text);
    attempts_made.with("sent").add();
    return base::log_debug("notify", named(delivery) + " is delivered: " + attempt.text);
  }
  if (cancelled_) return deliveries_.hand_back(delivery);
  const auto pause = pause_after(delivery.attempts, config_);
  const bool over = delivery.age + pause > config_.give_up_after;
  if (attempt.end == End::never || over) {
    deliveries_.give_up(delivery, attempt.text);
    attempts_made.with("given_up").add();
    return base::log_error("notify", named(delivery) + " is given up after " + std::to_string(delivery.attempts) +
                                         (delivery.attempts == 1 ? " attempt: " : " attempts: ") + attempt.text);
  }
  deliveries_.try_later(delivery, pause, attempt.text);
  attempts_made.with("retried").add();
  base::log_warn("notify", named(delivery) + " failed, and is tried again in " + std::to_string(pause.count() / 1000) +
                               " s: " + attempt.text);
}

void Notifier::prune() {
  const auto now = std::chrono::steady_clock::now();
  if (config_.kept.count() <= 0 || now < next_prune_) return;
  next_prune_ = now + kPruneEvery;
  deliveries_.prune(config_.kept);
}

}  // namespace qd::notify
