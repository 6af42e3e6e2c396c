// Writes the rows of runs that callers start, in groups: what is brought while a write is under way goes with the next
// one, so that many clients at once cost a few commits and not one each. See OutcomeWriter for the other end of a run.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <vector>

#include "model/execution.hpp"
#include "model/member.hpp"
#include "store/database.hpp"
#include "store/place_version.hpp"

namespace qd::engine {

// Thread-safe. There is no thread of its own: whoever comes first writes for all who wait.
class StartWriter {
 public:
  explicit StartWriter(store::Database& database) : database_(database) {}

  // Inserts the row and sets its id. False: other members declared this life over, or the job is not `unchanged`.
  // Blocks for an exchange with the database or two. Throws DatabaseError: nothing is known of the row then.
  bool write(const model::Incarnation& life, model::Execution& execution,
             const store::PlaceVersion* unchanged = nullptr);

  enum class Written { inserted, refused, dead };  // refused: by `insert`; dead: other members declared this life over
  // The same for a row that needs more than an INSERT, in a transaction of its own which holds the life: in a group,
  // two members could wait for each other. `insert` is called again when the transaction is repeated.
  Written write_alone(const model::Incarnation& life, const std::function<bool(store::Session&)>& insert);

 private:
  struct Entry {
    const model::Incarnation& life;
    model::Execution& execution;
    const store::PlaceVersion* unchanged = nullptr;
    std::exception_ptr problem = {};
    bool done = false;
    std::condition_variable turn = {};
  };
  using Group = std::vector<Entry*>;
  void let_others_come(std::unique_lock<std::mutex>& lock);
  Group take_group();
  void write_group(const Group& group) noexcept;

  store::Database& database_;
  std::mutex mutex_;
  std::deque<Entry*> waiting_;
  bool writing_ = false;
  std::size_t last_size_ = 0;  // of the group before
  std::chrono::steady_clock::time_point last_start_ = {};
};

}  // namespace qd::engine
