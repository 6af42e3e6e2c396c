#include "engine/start_writer.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include "store/execution_store.hpp"
#include "store/member_store.hpp"

namespace qd::engine {

namespace {
constexpr std::size_t kLargestGroup = 100;
constexpr std::chrono::milliseconds kPace{2};
}  // namespace

bool StartWriter::write(const model::Incarnation& life, model::Execution& execution,
                        const store::PlaceVersion* unchanged) {
  Entry entry{life, execution, unchanged};
  std::unique_lock lock(mutex_);
  waiting_.push_back(&entry);
  while (!entry.done) {
    if (writing_) {
      entry.turn.wait(lock);  // for no longer than the database's own limits: the one who writes always wakes somebody
      continue;
    }
    writing_ = true;
    let_others_come(lock);
    const Group group = take_group();
    lock.unlock();
    write_group(group);
    lock.lock();
    writing_ = false;
    for (Entry* written : group) {
      written->done = true;
      written->turn.notify_one();
    }
    if (!waiting_.empty()) waiting_.front()->turn.notify_one();
  }
  if (entry.problem) std::rethrow_exception(entry.problem);
  return execution.id != 0;
}

StartWriter::Written StartWriter::write_alone(const model::Incarnation& life,
                                              const std::function<bool(store::Session&)>& insert) {
  auto written = Written::dead;
  database_.transact([&](store::Session& session) {
    const bool alive = store::MemberStore::hold_life(session, life);
    written = !alive ? Written::dead : insert(session) ? Written::inserted : Written::refused;
  });
  return written;
}

// Where callers come in numbers, groups begin at least kPace apart. One that comes alone is not kept.
void StartWriter::let_others_come(std::unique_lock<std::mutex>& lock) {
  if (waiting_.size() + last_size_ > 2) {
    lock.unlock();
    std::this_thread::sleep_until(last_start_ + kPace);
    lock.lock();
  }
  last_start_ = std::chrono::steady_clock::now();
}

StartWriter::Group StartWriter::take_group() {
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(waiting_.size(), kLargestGroup));
  Group group(waiting_.begin(), end);
  waiting_.erase(waiting_.begin(), end);
  last_size_ = group.size();
  return group;
}

void StartWriter::write_group(const Group& group) noexcept {
  const auto all_fail = [&] {
    for (Entry* entry : group) entry->problem = std::current_exception();
  };
  try {
    std::vector<store::ExecutionStore::Start> starts;
    starts.reserve(group.size());
    for (const Entry* entry : group) starts.push_back({entry->life, entry->execution, entry->unchanged});
    const auto ids = store::ExecutionStore::create_all(database_, starts);
    for (std::size_t i = 0; i < group.size(); ++i) group[i]->execution.id = ids[i];
    return;
  } catch (const store::DatabaseError& error) {
    if (error.unavailable || group.size() == 1) return all_fail();
  } catch (...) {
    if (group.size() == 1) return all_fail();
  }
  // The fault is one row's: it is not to take the others along.
  for (Entry* entry : group) write_group({entry});
}

}  // namespace qd::engine
