// Proposals: what one member is about to do about another that it holds for dead. One row for each (kind, incarnation
// of the dead): whoever inserts it is the proposer, and only the proposer of an open one acts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/member.hpp"
#include "store/database.hpp"

namespace qd::store {

namespace proposal {
inline constexpr const char* takeover = "takeover";  // of schedules
inline constexpr const char* recovery = "recovery";  // of executions
inline constexpr const char* open = "open";
inline constexpr const char* done = "done";
inline constexpr const char* cancelled = "cancelled";
}  // namespace proposal

struct Proposal {
  std::int64_t id = 0;
  std::string kind;
  model::Incarnation target, proposer;
  std::string state = proposal::open;
  UnixMillis created = 0;
  UnixMillis due = 0;  // not to be acted on before
  std::optional<UnixMillis> ended;
  std::string outcome;  // for people
  bool operator==(const Proposal&) const = default;
};

// Thread-safe. The functions that take a Session are part of the caller's transaction.
class ProposalStore {
 public:
  explicit ProposalStore(Database& database);

  // The id of the new open proposal, or nullopt when there is one of this kind for this incarnation.
  std::optional<std::int64_t> propose(const Proposal& proposal);
  // An ended one opens again, for `proposer`. False when it is open, or changed since `seen_ended`.
  bool reopen(std::int64_t id, UnixMillis seen_ended, const model::Incarnation& proposer, UnixMillis now,
              UnixMillis due);
  // An open one changes hands; false when it ended, or another was faster.
  bool adopt(std::int64_t id, const model::Incarnation& from, const model::Incarnation& to);
  // `state` is done or cancelled. False when it is not open, or not this proposer's any more.
  static bool finish(Session& session, std::int64_t id, const model::Incarnation& proposer, const std::string& state,
                     const std::string& outcome, UnixMillis now);
  bool finish(std::int64_t id, const model::Incarnation& proposer, const std::string& state, const std::string& outcome,
              UnixMillis now);

  std::optional<Proposal> find(const std::string& kind, const model::Incarnation& target);
  std::vector<Proposal> open();                   // oldest first
  std::vector<Proposal> recent(std::size_t max);  // newest first
  // When an attempt of this kind on any incarnation of this member last ended.
  std::optional<UnixMillis> last_end(const std::string& kind, const std::string& target_uuid);
  std::int64_t prune(UnixMillis ended_before);

 private:
  Database& database_;
};

}  // namespace qd::store
