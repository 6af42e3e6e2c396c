#include "engine/due_list.hpp"

#include <algorithm>

namespace qd::engine {

void DueList::add(model::ExecutionId id, UnixMillis due, std::map<std::string, std::string> given) {
  entries_.with([&](auto& entries) { entries[id] = {due, std::move(given)}; });
}

void DueList::add_time(model::ExecutionId id, UnixMillis due) {
  entries_.with([&](auto& entries) { entries.try_emplace(id, Entry{due, std::nullopt}); });
}

std::optional<std::map<std::string, std::string>> DueList::take(model::ExecutionId id) {
  return entries_.with([&](auto& entries) -> std::optional<std::map<std::string, std::string>> {
    auto node = entries.extract(id);
    return node.empty() ? std::nullopt : std::move(node.mapped().given);
  });
}

std::optional<std::map<std::string, std::string>> DueList::given(model::ExecutionId id) const {
  return entries_.with([&](const auto& entries) -> std::optional<std::map<std::string, std::string>> {
    const auto found = entries.find(id);
    return found == entries.end() ? std::nullopt : found->second.given;
  });
}

bool DueList::knows(model::ExecutionId id) const {
  return entries_.with([&](const auto& entries) { return entries.contains(id); });
}

std::optional<UnixMillis> DueList::next(UnixMillis after) const {
  return entries_.with([after](const auto& entries) {
    std::optional<UnixMillis> first;
    for (const auto& [id, entry] : entries) {
      if (entry.due > after && (!first || entry.due < *first)) first = entry.due;
    }
    return first;
  });
}

void DueList::forget_before(UnixMillis time) {
  entries_.with(
      [&](auto& entries) { std::erase_if(entries, [&](const auto& entry) { return entry.second.due < time; }); });
}

}  // namespace qd::engine
