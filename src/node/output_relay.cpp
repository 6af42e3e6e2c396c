#include "node/output_relay.hpp"

namespace qd::node {

void OutputRelay::write(Stream stream, std::string_view chunk) {
  waiting_bytes_ += chunk.size();
  auto piece = std::make_shared<Piece>(Piece{stream, std::string(chunk)});
  home_.post([self = shared_from_this(), piece] { self->take(std::move(*piece)); });
}

void OutputRelay::take(Piece piece) {
  pieces_.push_back(std::move(piece));
  if (!blocked_) deliver();
}

void OutputRelay::deliver() {
  while (!pieces_.empty()) {
    if (sink_->full()) {
      blocked_ = true;
      sink_->when_ready([self = shared_from_this()] {
        self->blocked_ = false;
        self->deliver();
      });
      return;
    }
    const Piece piece = std::move(pieces_.front());
    pieces_.pop_front();
    sink_->write(piece.stream, piece.text);
    const auto before = waiting_bytes_.fetch_sub(piece.text.size());
    if (before >= limit && before - piece.text.size() < limit && on_room_) on_room_();
  }
  if (finishing_) empty_.set();
}

base::Task<void> OutputRelay::finish() {
  // What was posted before is in pieces_ by the loop's next turn.
  base::AsyncEvent turn(home_);
  home_.post([&turn] { turn.set(); });
  co_await turn.wait();
  finishing_ = true;
  if (!blocked_) deliver();
  co_await empty_.wait();
}

}  // namespace qd::node
