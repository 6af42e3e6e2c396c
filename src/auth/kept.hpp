// A document from elsewhere (keys of a provider) that is kept and loaded again: by one caller at a time, while the
// others go on with what there is.
#pragma once

#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace qd::auth {

// Thread-safe. Blocks for as long as `load` does.
template <class T>
class Kept {
 public:
  struct Rules {
    Millis fresh{300'000};                      // how long it is given out without a look at the source
    Millis usable{3'600'000};                   // how long it is given out while the source does not answer
    Millis pause{5'000};                        // between two tries
    std::chrono::milliseconds patience{3'000};  // how long a caller without anything waits for another caller's load
  };
  using Value = std::shared_ptr<const T>;
  using Load = std::function<Result<T>()>;

  Kept(Load load, const Clock& clock, Rules rules) : load_(std::move(load)), clock_(clock), rules_(rules) {}

  Result<Value> get() {
    std::unique_lock lock(mutex_);
    const UnixMillis now = clock_.now();
    if (value_ && now - loaded_ < rules_.fresh.count()) return value_;
    if (loading_) {
      if (!is_usable(now)) done_.wait_for(lock, rules_.patience, [&] { return !loading_; });
      return kept(now);
    }
    if (tried_ && now - *tried_ < rules_.pause.count()) return kept(now);
    load(lock, now);
    return kept(now);
  }

  // Loaded again when nobody did since `seen` was given out, and the last try is long enough ago.
  Result<Value> newer_than(const Value& seen) {
    std::unique_lock lock(mutex_);
    const UnixMillis now = clock_.now();
    const bool too_soon = tried_ && now - *tried_ < rules_.pause.count();
    if (value_ == seen && !loading_ && !too_soon) load(lock, now);
    return kept(now);
  }

 private:
  bool is_usable(UnixMillis now) const { return value_ && now - loaded_ < rules_.usable.count(); }
  Result<Value> kept(UnixMillis now) const {
    if (is_usable(now)) return value_;
    return fail(error_);
  }

  void load(std::unique_lock<std::mutex>& lock, UnixMillis now) {
    loading_ = true;
    tried_ = now;
    lock.unlock();
    Result<T> loaded = fail(ErrorKind::internal, "it could not be loaded");
    try {
      loaded = load_();
    } catch (const std::exception& failure) {
      loaded = fail(ErrorKind::internal, failure.what());
    }
    lock.lock();
    loading_ = false;
    if (loaded) {
      value_ = std::make_shared<const T>(std::move(*loaded));
      loaded_ = now;
    } else {
      error_ = loaded.error();
    }
    done_.notify_all();
  }

  const Load load_;
  const Clock& clock_;
  const Rules rules_;
  std::mutex mutex_;
  std::condition_variable done_;
  Value value_;
  UnixMillis loaded_ = 0;
  std::optional<UnixMillis> tried_;
  bool loading_ = false;
  Error error_{ErrorKind::unavailable, "somebody else is loading it", ""};
};

}  // namespace qd::auth
