#include "http/stream_state.hpp"

#include <exception>
#include <utility>

#include "base/logging.hpp"

namespace qd::http {

namespace {

constexpr std::size_t kSmallPiece = 64 << 10;

void run_all(const std::vector<std::function<void()>>& callbacks) {
  for (const auto& callback : callbacks) {
    try {
      callback();
    } catch (const std::exception& error) {
      base::log_error("http", std::string("a stream's callback threw: ") + error.what());
    }
  }
}

class StreamHandle final : public Stream {
 public:
  explicit StreamHandle(std::shared_ptr<StreamState> state) : state_(std::move(state)) {}
  ~StreamHandle() override { state_->cut(); }
  StreamHandle(const StreamHandle&) = delete;
  StreamHandle& operator=(const StreamHandle&) = delete;

  bool write(std::string chunk) override { return state_->write(std::move(chunk)); }
  bool write(SharedBytes chunk) override { return state_->write(std::move(chunk)); }
  void close() override { state_->close(); }
  bool open() const override { return state_->open(); }
  std::size_t buffered() const override { return state_->buffered(); }
  void on_close(std::function<void()> callback) override { state_->on_close(std::move(callback)); }
  void on_drain(std::function<void()> callback) override { state_->on_drain(std::move(callback)); }

 private:
  std::shared_ptr<StreamState> state_;
};

}  // namespace

StreamState::StreamState(std::size_t max_buffer, std::function<void()> wake)
    : max_buffer_(max_buffer), wake_(std::move(wake)) {}

std::shared_ptr<Stream> StreamState::make_handle() {
  return std::make_shared<StreamHandle>(shared_from_this());
}

StreamState::Pending StreamState::take() {
  const std::lock_guard lock(mutex_);
  Pending taken;
  taken.pieces = std::exchange(pending_, {});
  own_.reset();
  for (const auto& piece : taken.pieces) taken.bytes += piece->size();
  taken.finish = phase_ == Phase::closing;
  return taken;
}

bool StreamState::is_cut() const {
  const std::lock_guard lock(mutex_);
  return phase_ == Phase::cut;
}

void StreamState::sent(std::size_t bytes) {
  Callbacks drained;
  {
    const std::lock_guard lock(mutex_);
    if (phase_ == Phase::ended) return;
    buffered_ -= bytes;
    if (buffered_ == 0 && phase_ == Phase::open) drained = std::exchange(drain_callbacks_, {});
  }
  run_all(drained);
}

void StreamState::end() {
  Callbacks closed, dropped;
  {
    const std::lock_guard lock(mutex_);
    if (phase_ == Phase::ended) return;
    phase_ = Phase::ended;
    pending_ = {};
    own_.reset();
    buffered_ = 0;
    closed = std::exchange(close_callbacks_, {});
    dropped = std::exchange(drain_callbacks_, {});
  }
  run_all(closed);
}

StreamState::Taken StreamState::room_for(std::size_t bytes) {
  if (phase_ != Phase::open) return Taken::refused;
  if (buffered_ != 0 && buffered_ + bytes > max_buffer_) return Taken::too_much;
  buffered_ += bytes;
  return pending_.empty() ? Taken::first : Taken::more;  // more: the connection has been woken already
}

bool StreamState::after(Taken taken) {
  if (taken == Taken::first) wake_();
  if (taken == Taken::too_much) cut();
  return taken == Taken::first || taken == Taken::more;
}

bool StreamState::write(std::string chunk) {
  if (chunk.empty()) return open();
  Taken taken{};
  {
    const std::lock_guard lock(mutex_);
    taken = room_for(chunk.size());
    const bool takes = taken == Taken::first || taken == Taken::more;
    if (takes && own_ && own_->size() < kSmallPiece) {
      own_->append(chunk);
    } else if (takes) {
      own_ = std::make_shared<std::string>(std::move(chunk));
      pending_.push_back(own_);
    }
  }
  return after(taken);
}

bool StreamState::write(SharedBytes chunk) {
  if (chunk->empty()) return open();
  Taken taken{};
  {
    const std::lock_guard lock(mutex_);
    taken = room_for(chunk->size());
    if (taken == Taken::first || taken == Taken::more) {
      own_.reset();
      pending_.push_back(std::move(chunk));
    }
  }
  return after(taken);
}

void StreamState::close() {
  {
    const std::lock_guard lock(mutex_);
    if (phase_ != Phase::open) return;
    phase_ = Phase::closing;
  }
  wake_();
}

void StreamState::cut() {
  {
    const std::lock_guard lock(mutex_);
    if (phase_ != Phase::open) return;
    phase_ = Phase::cut;
  }
  wake_();
}

bool StreamState::open() const {
  const std::lock_guard lock(mutex_);
  return phase_ == Phase::open;
}

std::size_t StreamState::buffered() const {
  const std::lock_guard lock(mutex_);
  return buffered_;
}

void StreamState::on_close(std::function<void()> callback) {
  {
    const std::lock_guard lock(mutex_);
    if (phase_ != Phase::ended) {
      close_callbacks_.push_back(std::move(callback));
      return;
    }
  }
  run_all({std::move(callback)});
}

void StreamState::on_drain(std::function<void()> callback) {
  {
    const std::lock_guard lock(mutex_);
    if (phase_ != Phase::open) return;
    if (buffered_ != 0) {
      drain_callbacks_.push_back(std::move(callback));
      return;
    }
  }
  run_all({std::move(callback)});
}

}  // namespace qd::http
