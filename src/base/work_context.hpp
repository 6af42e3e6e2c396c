// What a thread works for at the moment: a request, an execution. Every line of the server's log that is written
// meanwhile says so, and spans of traces find their parent here.
//
// It follows the work by itself: EventLoop, WorkerPool and AsyncEvent remember it with what they are given to run, and
// set it again when they run it, so that coroutines keep it over every co_await. No function has a parameter for it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace qd::base {

// Ids of W3C Trace Context, in lower-case hexadecimal; empty when nothing is traced.
struct TraceContext {
  std::string trace_id;  // 32 digits
  std::string span_id;   // 16 digits: of the span that encloses what is done now
  bool operator==(const TraceContext&) const = default;
};

struct WorkContext {
  std::string request;         // id of the request; "" for none
  std::int64_t execution = 0;  // 0 for none
  TraceContext trace;
};
using WorkContextPtr = std::shared_ptr<const WorkContext>;

// Null: nothing in particular.
const WorkContextPtr& current_work();
// A copy to change a part of; empty when there is none.
WorkContext work_now();

// Sets it for a block. Only in plain functions: a scope must not live across a co_await. To give a coroutine its
// context, start it within one: { WorkScope scope(work); spawn(run()); }
class WorkScope {
 public:
  explicit WorkScope(WorkContextPtr work);
  explicit WorkScope(WorkContext work);
  ~WorkScope();
  WorkScope(const WorkScope&) = delete;
  WorkScope& operator=(const WorkScope&) = delete;

 private:
  WorkContextPtr before_;
};

}  // namespace qd::base
