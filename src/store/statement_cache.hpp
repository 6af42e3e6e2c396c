// Prepared statements of one connection by their text; the least recently used one goes when it is full.
#pragma once

#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace qd::store {

// Not thread-safe. References stay valid until the entry is evicted by a later add().
template <class Statement>
class StatementCache {
 public:
  explicit StatementCache(std::size_t capacity) : capacity_(capacity) {}

  Statement* find(std::string_view sql) {
    const auto found = index_.find(sql);
    if (found == index_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return &found->second->second;
  }

  // Adds a statement that find() did not know; `evict(Statement&)` is called for the one that has to go, if any.
  template <class Evict>
  Statement& add(std::string_view sql, Statement statement, Evict&& evict) {
    if (entries_.size() >= capacity_) {
      evict(entries_.back().second);
      index_.erase(entries_.back().first);
      entries_.pop_back();
    }
    entries_.emplace_front(std::string(sql), std::move(statement));
    index_.emplace(entries_.front().first, entries_.begin());
    return entries_.front().second;
  }

  template <class Use>
  void clear(Use&& use) {
    for (auto& entry : entries_) use(entry.second);
    index_.clear();
    entries_.clear();
  }

 private:
  using Entries = std::list<std::pair<std::string, Statement>>;
  std::size_t capacity_;
  Entries entries_;
  std::unordered_map<std::string_view, typename Entries::iterator> index_;  // keys are views into entries_
};

}  // namespace qd::store
