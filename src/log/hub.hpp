// Tells watchers of running executions what is new: no thread and no polling per watcher.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "model/execution.hpp"

namespace qd::log {

struct HubEvent {
  enum class Kind {
    output,     // the log file holds `log_size` bytes now
    state,      // step or node states changed
    completed,  // the execution has ended; its log is closed. Nothing follows.
  } kind = Kind::output;
  model::ExecutionId execution = 0;
  std::int64_t log_size = 0;
};

// Thread-safe.
class LogHub {
 public:
  using Callback = std::function<void(const HubEvent&)>;

  // Watching ends with its destructor: after it the callback neither runs nor will run (unless it was called from
  // inside the callback). May outlive the hub. May be empty.
  class Subscription {
   public:
    Subscription() = default;
    Subscription(Subscription&&) noexcept;
    Subscription& operator=(Subscription&&) noexcept;
    ~Subscription();

   private:
    friend class LogHub;
    struct Watcher;
    explicit Subscription(std::shared_ptr<Watcher> watcher) : watcher_(std::move(watcher)) {}
    std::shared_ptr<Watcher> watcher_;
  };

  LogHub();
  ~LogHub();
  LogHub(const LogHub&) = delete;
  LogHub& operator=(const LogHub&) = delete;

  // `callback` runs on the publisher's thread, one call at a time per subscription: be quick, do not throw; it may
  // subscribe, unsubscribe and publish. Events published before are not repeated: subscribe first, then read the file.
  [[nodiscard]] Subscription subscribe(model::ExecutionId execution, Callback callback);

  // The same for the `completed` events of every execution.
  [[nodiscard]] Subscription subscribe_ends(Callback callback);

  // Costs next to nothing when nobody watches.
  void publish(const HubEvent& event);

  std::size_t watchers() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace qd::log
