#include "base/cancel.hpp"

#include <mutex>
#include <stop_token>
#include <utility>

namespace qd::base {

struct CancelToken::State {
  std::stop_source stop;
  std::mutex mutex;
  std::string reason;  // guarded by mutex; set before stop is requested
  bool decided = false;
};

struct CancelRegistration::Impl {
  std::shared_ptr<void> keep_alive;
  std::stop_callback<std::function<void()>> callback;
};

CancelRegistration::CancelRegistration(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
CancelRegistration::CancelRegistration() noexcept = default;
CancelRegistration::CancelRegistration(CancelRegistration&&) noexcept = default;
CancelRegistration& CancelRegistration::operator=(CancelRegistration&&) noexcept = default;
CancelRegistration::~CancelRegistration() = default;

bool CancelToken::cancelled() const {
  return state_ && state_->stop.stop_requested();
}

std::string CancelToken::reason() const {
  if (!state_) return {};
  const std::lock_guard lock(state_->mutex);
  return state_->reason;
}

CancelRegistration CancelToken::on_cancel(std::function<void()> callback) const {
  if (!state_) return {};
  return CancelRegistration(std::unique_ptr<CancelRegistration::Impl>(new CancelRegistration::Impl{
      state_, std::stop_callback<std::function<void()>>(state_->stop.get_token(), std::move(callback))}));
}

CancelSource::CancelSource() : state_(std::make_shared<CancelToken::State>()) {}

CancelSource::CancelSource(const CancelToken& parent) : CancelSource() {
  parent_ = parent.on_cancel([weak = std::weak_ptr(state_), parent] {
    if (const auto state = weak.lock()) cancel(*state, parent.reason());
  });
}

bool CancelSource::cancel(std::string reason) const {
  return cancel(*state_, std::move(reason));
}

bool CancelSource::cancel(CancelToken::State& state, std::string reason) {
  {
    const std::lock_guard lock(state.mutex);
    if (std::exchange(state.decided, true)) return false;
    state.reason = std::move(reason);
  }
  state.stop.request_stop();
  return true;
}

}  // namespace qd::base
