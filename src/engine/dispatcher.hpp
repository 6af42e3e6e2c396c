// Runs something on many nodes, a few at a time.
#pragma once

#include <functional>

#include "base/async_event.hpp"
#include "base/cancel.hpp"
#include "base/event_loop.hpp"
#include "base/task.hpp"
#include "engine/orchestrator.hpp"

namespace qd::engine {

// What runs on one node; false: it failed. Must not throw.
using NodeWork = std::function<base::Task<bool>(const model::Node& node)>;

// Starts `work` for one node after the other, as the rule paces them. After a failure (unless the rule says to keep
// going) or when `cancel` comes, no further node starts; those under way go on. Nodes that wait cost nothing: a task is
// made when its node's turn comes. Other work of the loop gets its turn also while nodes end at once. Used on the
// loop's thread; the object lives until run() has returned.
class Dispatcher {
 public:
  Dispatcher(base::EventLoop& loop, const DispatchRule& rule, const NodeRefs& nodes, base::CancelToken cancel,
             NodeWork work);
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  base::Task<void> run();  // returns when all that started has ended; call once

 private:
  bool may_start_next() const;
  void pump();
  base::Task<void> run_node(const model::Node& node);

  base::EventLoop& loop_;
  const NodeRefs& nodes_;
  base::CancelToken cancel_;
  NodeWork work_;
  Pace pace_;
  bool keepgoing_;
  std::size_t next_ = 0;
  std::size_t running_ = 0;
  bool stopped_ = false;
  bool pumping_ = false;
  bool posted_ = false;  // pump() goes on in the loop's next turn
  base::AsyncEvent done_;
};

}  // namespace qd::engine
