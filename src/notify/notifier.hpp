// Delivers stored messages: a thread that leases what is due, and a few that send. A message that cannot be delivered
// is tried again with growing pauses, until its time is over. At least once: a member that dies between the receiver's
// answer and the row's update leaves the message to be sent again.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "base/worker_pool.hpp"
#include "model/member.hpp"
#include "notify/sender.hpp"
#include "store/delivery_store.hpp"

namespace qd::notify {

struct NotifierConfig {
  Millis first_pause{2'000}, longest_pause{600'000};
  Millis give_up_after{86'400'000};
  Millis attempt_limit{120'000};   // that of the sender; a lease lasts a little longer than twice that
  Millis kept{30LL * 86'400'000};  // ended rows; 0: for ever
  Millis look_every{1'000};        // for what others wrote, and for what is due again
  Millis patience{5'000};          // how long what another living member wrote is left to it
  Millis silence{300'000};         // another member whose last heartbeat is older is gone
};

class Notifier {
 public:
  using Send = std::function<Attempt(const store::Delivery&, const std::function<bool()>& cancelled)>;

  Notifier(store::Database& database, const model::OwnIncarnation& self, Send send, NotifierConfig config);
  ~Notifier();
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;

  void start();
  // Sends what is due for a moment longer, then cuts off what is under way: it stays due. When it returned, nothing is
  // sent any more.
  void stop() noexcept;
  void poke();  // something was stored. Thread-safe.

 private:
  void run();
  Millis tick();
  void deliver(const store::Delivery& delivery);
  void record(const store::Delivery& delivery, const Attempt& attempt);
  void prune();

  store::DeliveryStore deliveries_;
  const model::OwnIncarnation& self_;
  const Send send_;
  const NotifierConfig config_;
  base::WorkerPool pool_;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false, poked_ = false;
  std::size_t under_way_ = 0;
  std::atomic<bool> cancelled_{false};
  Millis trouble_{0};
  std::chrono::steady_clock::time_point next_prune_{};
  std::thread thread_;
};

// The pause before attempt number `attempts` + 1.
Millis pause_after(std::int64_t attempts, const NotifierConfig& config);

}  // namespace qd::notify
