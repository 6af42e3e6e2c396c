// Writes the rows of runs that callers start, in groups: what is brought while a write is under way goes with the next
// one, so that many clients at once cost a few commits and not one each. See OutcomeWriter for the other end of a run.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <vector>

#include "model/member.hpp"
#include "store/database.hpp"

namespace qd::engine {

// Thread-safe. There is no thread of its own: whoever comes first writes for all who wait.
class StartWriter {
 public:
  enum class Written { inserted, refused, dead };  // refused: by `insert`; dead: other members declared this life over
  // In a transaction that holds the life. Called again when the transaction is repeated, and by another caller's
  // thread.
  using Insert = std::function<bool(store::Session&)>;

  explicit StartWriter(store::Database& database) : database_(database) {}

  // Blocks for a transaction or two. `insert` locks no rows: in a group, two members could wait for each other.
  // Throws DatabaseError: nothing is known of the row then.
  Written write(const model::Incarnation& life, Insert insert);
  // The same in a transaction of its own, where `insert` may lock.
  Written write_alone(const model::Incarnation& life, Insert insert);

 private:
  struct Entry {
    model::Incarnation life;
    Insert insert;
    Written written = Written::refused;
    std::exception_ptr problem = {};
    bool done = false;
    std::condition_variable turn = {};
  };
  using Group = std::vector<Entry*>;
  Group take_group();
  void write_group(const Group& group) noexcept;

  store::Database& database_;
  std::mutex mutex_;
  std::deque<Entry*> waiting_;
  bool writing_ = false;
};

}  // namespace qd::engine
