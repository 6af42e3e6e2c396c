#include "store/execution_counts.hpp"

#include <optional>

#include "store/setting_store.hpp"

namespace qd::store {
namespace {

constexpr const char* removals_setting = "execution.removals";
constexpr const char* select_removals = "SELECT value FROM setting WHERE name = ?";
constexpr const char* select_settled = "SELECT MAX(id) FROM execution WHERE sort_ms < ?";
constexpr const char* select_unfinished = "SELECT id FROM execution WHERE active = 1 AND id <= ? LIMIT ?";

// No transaction that writes an execution is open for as long as this, nor are so many open at once: whatever will
// ever have a lower id is there. The ids are for rows that were written late with an early time.
constexpr UnixMillis settled_after = 5 * 60'000;
constexpr model::ExecutionId settled_behind = 1000;
// Rows that somebody deleted by hand are noticed after this.
constexpr UnixMillis forgotten_after = 10 * 60'000;
constexpr std::size_t unfinished_max = 256;
constexpr std::int64_t newer_max = 5000;
constexpr std::size_t remembered_max = 256;

std::string removals(Session& session) {
  const auto rows = session.query(select_removals, {removals_setting});
  return rows.empty() ? "" : rows.front().text(0);
}

std::string key_of(const Conditions& conditions) {
  std::string key = conditions.where();
  for (const auto& value : conditions.params()) {
    key += '\0';
    if (const auto* text = std::get_if<std::string>(&value)) {
      key += *text;
    } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
      key += std::to_string(*number);
    }
  }
  return key;
}

std::int64_t counted(Session& session, const Conditions& conditions) {
  return session.query("SELECT COUNT(*) FROM execution" + conditions.where(), conditions.params()).at(0).integer(0);
}

}  // namespace

std::int64_t ExecutionCounts::count(Session& session, const Conditions& conditions) {
  const auto key = key_of(conditions);
  auto known = remembered_.with([&](auto& all) -> std::optional<Remembered> {
    const auto found = all.find(key);
    if (found == all.end()) return std::nullopt;
    return found->second;
  });
  if (known && known->removals == removals(session) && session.now() - known->at < forgotten_after) {
    const auto more = newer(session, conditions, *known);
    if (more > newer_max) remember(session, key, conditions);
    return known->count + more;
  }
  const auto total = counted(session, conditions);
  if (total >= remember_from_) {
    remember(session, key, conditions);
  } else if (known) {
    remembered_.with([&](auto& all) { all.erase(key); });
  }
  return total;
}

std::int64_t ExecutionCounts::newer(Session& session, const Conditions& conditions,
                                    const Remembered& remembered) const {
  auto rest = conditions;
  Condition after{"id > ?", {remembered.up_to}};
  rest.add(remembered.unfinished.empty() ? after : any_of({after, is_one_of("id", remembered.unfinished)}));
  return counted(session, rest);
}

// What had not ended is left out by id, as it may end before it is counted: its status would differ later.
void ExecutionCounts::remember(Session& session, const std::string& key, const Conditions& conditions) {
  Remembered made{.removals = removals(session), .at = session.now()};
  const auto settled = session.query(select_settled, {made.at - settled_after});
  if (settled.empty() || settled.front().null(0)) return;
  made.up_to = settled.front().integer(0) - settled_behind;
  const auto rows = session.query(select_unfinished, {made.up_to, static_cast<std::int64_t>(unfinished_max + 1)});
  if (rows.size() > unfinished_max) return;
  for (const auto& row : rows) made.unfinished.push_back(row.integer(0));
  auto finished = conditions;
  finished.add(Condition{"id <= ?", {made.up_to}});
  if (!made.unfinished.empty()) finished.add(negation(is_one_of("id", made.unfinished)));
  made.count = counted(session, finished);
  remembered_.with([&](auto& all) {
    if (all.size() >= remembered_max) all.clear();
    all.insert_or_assign(key, std::move(made));
  });
}

void ExecutionCounts::note_removal(Session& session) {
  SettingStore::increment(session, removals_setting);
}

}  // namespace qd::store
