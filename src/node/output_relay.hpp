// Carries the output of a command from the loop that reads it to the loop that its OutputSink lives on.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "base/async_event.hpp"
#include "base/event_loop.hpp"
#include "node/output.hpp"

namespace qd::node {

// Used through a shared_ptr. The sink outlives finish().
class OutputRelay : public std::enable_shared_from_this<OutputRelay> {
 public:
  OutputRelay(base::EventLoop& home, OutputSink& sink) : home_(home), sink_(&sink), empty_(home) {}

  // ---- on the reader's loop ----
  void write(Stream stream, std::string_view chunk);
  bool full() const { return waiting_bytes_.load() >= limit; }
  // Called on the home loop when there is room again after full() was seen. Set before the first write().
  void on_room(std::function<void()> call) { on_room_ = std::move(call); }

  // ---- on the home loop ----
  // Returns when everything that was written is in the sink. Nothing may be written any more.
  base::Task<void> finish();

 private:
  static constexpr std::size_t limit = 256 * 1024;
  struct Piece {
    Stream stream;
    std::string text;
  };
  void take(Piece piece);
  void deliver();

  base::EventLoop& home_;
  OutputSink* sink_;
  std::function<void()> on_room_;
  std::atomic<std::size_t> waiting_bytes_{0};
  // Of the home loop:
  std::deque<Piece> pieces_;
  bool blocked_ = false;  // the sink is full
  bool finishing_ = false;
  base::AsyncEvent empty_;
};

}  // namespace qd::node
