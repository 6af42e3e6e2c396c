#include "engine/outcome_writer.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace qd::engine {

namespace {
constexpr std::size_t kLargestGroup = 100;
constexpr Millis kPause{2};
}  // namespace

base::Task<OutcomeWriter::Written> OutcomeWriter::write(const model::Execution& execution,
                                                        const store::ExecutionOutcome& outcome) {
  Entry entry{execution, outcome, {}, base::AsyncEvent(loop_)};
  waiting_.push_back(&entry);
  if (!flushing_) {
    flushing_ = true;
    base::spawn(flush());
  }
  co_await entry.done.wait();
  co_return std::move(entry.written);
}

base::Task<void> OutcomeWriter::flush() {
  while (!waiting_.empty()) {
    // Where executions end in numbers, more of them come meanwhile. One that ends alone is not kept.
    if (waiting_.size() + last_size_ > 2) co_await loop_.sleep(kPause);
    const auto count = std::min(waiting_.size(), kLargestGroup);
    const std::deque<Entry*> group(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
    last_size_ = count;
    auto writing = base::run_on(pool_, loop_, [&] { write_group(group); });
    co_await writing;
    for (Entry* entry : group) entry->done.set();
  }
  flushing_ = false;
}

void OutcomeWriter::write_group(const std::deque<Entry*>& group) {
  try {
    std::vector<store::ExecutionStore::Ending> endings;
    endings.reserve(group.size());
    for (const Entry* entry : group) endings.push_back({entry->execution, entry->outcome});
    const auto ours = store::ExecutionStore::finish_all(database_, endings);
    for (std::size_t i = 0; i < group.size(); ++i) group[i]->written.ours = ours[i];
  } catch (const store::DatabaseError& error) {
    for (Entry* entry : group) entry->written = {false, error.what()};
  }
}

}  // namespace qd::engine
