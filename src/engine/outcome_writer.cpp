#include "engine/outcome_writer.hpp"

#include <algorithm>
#include <utility>

namespace qd::engine {

namespace {
constexpr std::size_t kLargestGroup = 100;
}

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
    const auto count = std::min(waiting_.size(), kLargestGroup);
    const std::deque<Entry*> group(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
    auto writing = base::run_on(pool_, loop_, [&] { write_group(group); });
    co_await writing;
    for (Entry* entry : group) entry->done.set();
  }
  flushing_ = false;
}

void OutcomeWriter::write_group(const std::deque<Entry*>& group) {
  const auto finish = [](store::Session& session, Entry& entry) {
    entry.written.ours = store::ExecutionStore::finish(session, entry.execution.id, entry.execution.server_uuid,
                                                       entry.execution.incarnation, entry.outcome);
  };
  try {
    if (group.size() == 1 && group.front()->outcome.deliveries.empty()) {
      database_.run([&](store::Session& session) { finish(session, *group.front()); });
      return;
    }
    database_.transact([&](store::Session& session) {
      for (Entry* entry : group) finish(session, *entry);
    });
  } catch (const store::DatabaseError& error) {
    for (Entry* entry : group) entry->written = {false, error.what()};
  }
}

}  // namespace qd::engine
