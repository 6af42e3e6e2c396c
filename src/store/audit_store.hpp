// The audit trail: who did what to what, from where, when. Never holds a secret.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/database.hpp"

namespace qd::store {

struct AuditEvent {
  std::int64_t id = 0;
  UnixMillis at = 0;
  std::string action = {};  // "login_success", "login_failed", "logout", "create", "update", "delete", "run", …
  std::string user = {};    // who; of a failed login the name that was given
  std::vector<std::string> roles = {};
  std::string address = {};   // from where; "" when nobody's request did it
  std::string agent = {};     // the client's User-Agent
  std::string token_id = {};  // the id of the API token that was used; "" with a login
  std::string resource = {};  // "user", "token", "project", "job", "execution", "key", "system_acl", "project_acl"…
  std::string name = {};      // of the resource
  std::string project = {};   // "" outside of projects
  std::string detail = {};    // a few words more; "" for none
  std::string server_uuid = {};
  std::string server_host = {};
  bool operator==(const AuditEvent&) const = default;
};

// Empty members do not narrow.
struct AuditQuery {
  std::string action = {}, user = {}, resource = {}, name = {}, project = {}, address = {};
  std::optional<UnixMillis> from = {}, until = {};  // inclusive
  std::optional<std::int64_t> before = {};          // events with a lower id: where the last page ended
  std::size_t max = 100;
};

// Thread-safe.
class AuditStore {
 public:
  explicit AuditStore(Database& database);
  void append(const std::vector<AuditEvent>& events);       // in one transaction; ids are ignored
  std::vector<AuditEvent> list(const AuditQuery& query);    // newest first
  std::int64_t prune(UnixMillis before, std::size_t most);  // the oldest ones, at most so many; returns how many

 private:
  Database& database_;
};

}  // namespace qd::store
