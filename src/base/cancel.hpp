// Telling work that is under way to end: one source, any number of tokens.
//
//   CancelSource source;                      // whoever may end the work keeps this
//   work(source.token());                     // the work keeps the token
//   source.cancel("aborted by admin");        // from any thread, counts once
//
// All of it is thread-safe and cheap: a token is one shared pointer.
#pragma once

#include <functional>
#include <memory>
#include <string>

namespace qd::base {

// Keeps a callback registered. After its destructor returned, the callback neither runs nor will run (unless the
// destructor was called from inside the callback). May be empty.
class CancelRegistration {
 public:
  CancelRegistration() noexcept;
  CancelRegistration(CancelRegistration&&) noexcept;
  CancelRegistration& operator=(CancelRegistration&&) noexcept;
  ~CancelRegistration();

 private:
  friend class CancelToken;
  struct Impl;
  explicit CancelRegistration(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

class CancelToken {
 public:
  CancelToken() = default;  // never cancelled

  bool cancelled() const;
  std::string reason() const;  // as given to cancel(); "" before

  // Runs `callback` once: on the thread that cancels, or at once on this one when that has happened already. It must be
  // quick and must not throw; to continue on a loop's thread let it post().
  [[nodiscard]] CancelRegistration on_cancel(std::function<void()> callback) const;

 private:
  friend class CancelSource;
  struct State;
  explicit CancelToken(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

class CancelSource {
 public:
  CancelSource();
  // Is also cancelled, with the same reason, when `parent` is: for a step's timeout within an execution.
  explicit CancelSource(const CancelToken& parent);
  CancelSource(CancelSource&&) noexcept = default;
  CancelSource& operator=(CancelSource&&) noexcept = default;
  ~CancelSource() = default;

  CancelToken token() const { return CancelToken(state_); }
  // True for the first call, which runs the callbacks; later calls change nothing, not even the reason.
  bool cancel(std::string reason) const;

 private:
  static bool cancel(CancelToken::State& state, std::string reason);

  std::shared_ptr<CancelToken::State> state_;
  CancelRegistration parent_;
};

}  // namespace qd::base
