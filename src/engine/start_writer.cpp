#include "engine/start_writer.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "store/member_store.hpp"

namespace qd::engine {

namespace {
constexpr std::size_t kLargestGroup = 100;
}

StartWriter::Written StartWriter::write(const model::Incarnation& life, Insert insert) {
  Entry entry{life, std::move(insert)};
  std::unique_lock lock(mutex_);
  waiting_.push_back(&entry);
  while (!entry.done) {
    if (writing_) {
      entry.turn.wait(lock);  // for no longer than the database's own limits: the one who writes always wakes somebody
      continue;
    }
    writing_ = true;
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
  return entry.written;
}

StartWriter::Written StartWriter::write_alone(const model::Incarnation& life, Insert insert) {
  Entry entry{life, std::move(insert)};
  write_group({&entry});
  if (entry.problem) std::rethrow_exception(entry.problem);
  return entry.written;
}

StartWriter::Group StartWriter::take_group() {
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(waiting_.size(), kLargestGroup));
  Group group(waiting_.begin(), end);
  waiting_.erase(waiting_.begin(), end);
  return group;
}

void StartWriter::write_group(const Group& group) noexcept {
  const auto all_fail = [&] {
    for (Entry* entry : group) entry->problem = std::current_exception();
  };
  try {
    database_.transact([&](store::Session& session) {
      const model::Incarnation* held = nullptr;
      bool alive = false;
      for (Entry* entry : group) {
        if (held == nullptr || *held != entry->life) {
          held = &entry->life;
          alive = store::MemberStore::hold_life(session, *held);
        }
        const bool inserted = alive && entry->insert(session);
        entry->written = inserted ? Written::inserted : alive ? Written::refused : Written::dead;
      }
    });
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
