// One member's own session with the database, apart from the pool: it holds a lock for as long as the process lives and
// reaches the database, so that the others learn of its end without waiting for a timeout.
//
// PostgreSQL: an advisory lock, and LISTEN; MariaDB: GET_LOCK; SQLite: a lock on a file beside the database. The
// servers are told to drop a session whose host has vanished within seconds.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "store/database.hpp"

namespace qd::store {

// For one thread at a time. Everything but release() throws DatabaseError when the database cannot be reached in time;
// the next call tries again.
class LivenessSession {
 public:
  // Of MessageStore::wake(); the payload is a member's uuid, or "" for all.
  static constexpr const char* channel = "quarterdeck_member";

  virtual ~LivenessSession() = default;

  // Connects if need be, and takes this member's lock. False: another session holds it.
  virtual bool acquire() = 0;
  // Whether the lock is held now. A session that was cut is made anew and takes the lock again.
  virtual bool still_held() = 0;
  // Of these members, those whose lock nobody holds. Throws, rather than reconnect, when the session was cut: what was
  // seen before says nothing about the server that is there now.
  virtual std::set<std::string> free_locks(const std::vector<std::string>& uuids) = 0;
  // Names the start of the server that this session is connected to: locks do not outlive it. "" when not connected.
  virtual std::string server_boot() = 0;
  virtual bool same_boot(const std::string& a, const std::string& b) const { return !a.empty() && a == b; }
  // Waits until somebody wakes this member: true; or until the time is over. Servers that cannot notify just wait.
  virtual bool wait(Millis timeout) = 0;
  virtual void release() noexcept = 0;
};

// Does not connect yet.
Result<std::unique_ptr<LivenessSession>> open_liveness_session(const DatabaseConfig& config, const std::string& uuid);

}  // namespace qd::store
