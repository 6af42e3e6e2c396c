#include "engine/dispatcher.hpp"

#include <utility>

namespace qd::engine {

namespace {
constexpr std::size_t kStartsPerTurn = 32;
}

Dispatcher::Dispatcher(base::EventLoop& loop, const DispatchRule& rule, const NodeRefs& nodes, base::CancelToken cancel,
                       NodeWork work)
    : loop_(loop),
      nodes_(nodes),
      cancel_(std::move(cancel)),
      work_(std::move(work)),
      pace_(rule, nodes),
      keepgoing_(rule.keepgoing),
      done_(loop) {}

base::Task<void> Dispatcher::run() {
  pump();
  co_await done_.wait();
}

bool Dispatcher::may_start_next() const {
  return next_ < nodes_.size() && !stopped_ && !cancel_.cancelled() && pace_.may_start(next_, running_);
}

void Dispatcher::pump() {
  if (std::exchange(pumping_, true)) return;
  std::size_t started = 0;
  while (!posted_ && may_start_next()) {
    if (++started > kStartsPerTurn) {
      posted_ = true;
      loop_.post([this] {
        posted_ = false;
        pump();
      });
      break;
    }
    ++running_;
    base::spawn(run_node(*nodes_[next_++]));
  }
  pumping_ = false;
  if (running_ == 0 && !posted_) done_.set();
}

base::Task<void> Dispatcher::run_node(const model::Node& node) {
  auto working = work_(node);
  const bool ended_well = co_await std::move(working);
  if (!ended_well && !keepgoing_) stopped_ = true;
  --running_;
  pump();
}

}  // namespace qd::engine
