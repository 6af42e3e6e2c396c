// Lets one thread at a time look for work, and forgets nobody who asks meanwhile.
#pragma once

#include <atomic>

namespace qd::engine {

// Thread-safe.
class LookGate {
 public:
  // True: the caller looks, and again for as long as leave() says so. False: somebody else is looking, and will look
  // once more from the begin.
  bool enter() {
    auto was = state_.load();
    while (!state_.compare_exchange_weak(was, was == State::nobody ? State::looking : State::asked)) {
    }
    return was == State::nobody;
  }
  // True: somebody asked while the caller was looking.
  bool leave() {
    auto was = State::looking;
    if (state_.compare_exchange_strong(was, State::nobody)) return false;
    state_ = State::looking;
    return true;
  }

 private:
  enum class State { nobody, looking, asked };
  std::atomic<State> state_{State::nobody};
};

}  // namespace qd::engine
