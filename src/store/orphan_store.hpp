// What members that ended left behind: their running and waiting executions, and their schedules' projects.
#pragma once

#include <string>
#include <vector>

#include "model/execution.hpp"
#include "model/member.hpp"
#include "store/database.hpp"

namespace qd::store {

// Thread-safe. The functions that take a Session are part of the caller's transaction.
class OrphanStore {
 public:
  explicit OrphanStore(Database& database);

  // Running executions whose incarnation is not the live (or leaving) one of its member, oldest first; of one member
  // only, if it is named. Without workflow.
  std::vector<model::Execution> running(std::size_t max, const std::string& of_member = {});
  // Closes one as `incomplete`. False when it is running elsewhere or ended meanwhile.
  static bool close(Session& session, const model::Execution& execution, const std::string& reason, UnixMillis now);

  // Queued and scheduled executions that wait for a member that is neither live nor leaving.
  std::vector<model::Execution> waiting(std::size_t max);
  // Takes one away from that member. Afterwards it is nobody's; one with secure options, which are in no row, is the
  // member's that forwarded it, as that knows them; when that life is over too, it is closed as `incomplete`.
  enum class Freed { no, yes, closed };
  static Freed unassign(Session& session, const model::Execution& execution, UnixMillis now);

  // Whether this incarnation runs executions, or any wait for its member.
  bool holds_any(const model::Incarnation& member);
  // Projects in which a member owns schedules.
  std::vector<std::string> projects_of_schedules(const std::string& owner_uuid);
  // Whether a member owns schedules that will fire.
  bool owns_schedules(const std::string& owner_uuid);

 private:
  Database& database_;
};

}  // namespace qd::store
