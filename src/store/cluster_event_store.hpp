// What happened in the cluster, for people: who saw what, when, what was done, and why nothing was done.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/database.hpp"

namespace qd::store {

struct ClusterEvent {
  std::int64_t id = 0;
  UnixMillis at = 0;
  std::string kind;         // "member.started", "takeover.proposed"…
  std::string member_uuid;  // who says so
  std::string target_uuid;  // whom it is about; "" for itself
  std::string message;      // a sentence
  std::string detail;       // JSON object for programs; "" for none
  bool operator==(const ClusterEvent&) const = default;
};

struct ClusterEventQuery {
  std::string kind = {};                            // also the part before a dot: "takeover" finds "takeover.proposed"
  std::string member = {};                          // says it, or is meant
  std::optional<UnixMillis> from = {}, until = {};  // inclusive
  std::size_t offset = 0;
  std::size_t max = 100;
};

// Thread-safe. The functions that take a Session are part of the caller's transaction.
class ClusterEventStore {
 public:
  explicit ClusterEventStore(Database& database);

  static void append(Session& session, const ClusterEvent& event);  // `id` is ignored
  void append(const ClusterEvent& event);
  std::vector<ClusterEvent> list(const ClusterEventQuery& query);  // newest first
  std::int64_t prune(UnixMillis before);

 private:
  Database& database_;
};

}  // namespace qd::store
