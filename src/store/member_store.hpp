// Members of the cluster, one row each. Every change names the incarnation that it means: what a member that was
// declared dead still writes hits no row. All times are the database's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/member.hpp"
#include "store/database.hpp"

namespace qd::store {

// Thread-safe. The functions that take a Session are part of the caller's transaction.
class MemberStore {
 public:
  explicit MemberStore(Database& database);

  // Begins a new life of `self.id.uuid`, whose row had the number `seen` (0: there was none) when the caller judged it:
  // live, with a first beat, and a number that is greater than every earlier one. Answers with the row; nullopt when
  // another process registered meanwhile.
  std::optional<model::Member> register_member(const model::Member& self, std::int64_t seen);

  // False when this incarnation is no longer live or leaving: it was fenced.
  bool beat(const model::Incarnation& id, const model::Vitals& vitals);
  std::vector<model::Member> list();  // by uuid
  std::optional<model::Member> find(const std::string& uuid);

  // Fences: live or leaving → dead, unless it has beaten since `seen_beat`.
  static bool declare_dead(Session& session, const model::Incarnation& id, UnixMillis seen_beat);
  // Keeps an incarnation from being declared dead until the transaction ends; false when it was. A member without a row
  // is its own master.
  static bool hold_life(Session& session, const model::Incarnation& id);
  // What holds it, to be sent with other statements.
  static Statement hold_life(Dialect dialect, const model::Incarnation& id);
  // Locks the row until the transaction ends; false when the incarnation is not in that state any more.
  static bool hold(Session& session, const model::Incarnation& id, model::Member::State state);
  bool begin_leaving(const model::Incarnation& id);  // live → leaving
  bool leave(const model::Incarnation& id);          // live or leaving → stopped

  // "active" or "passive". False when no such member is live.
  bool request_mode(const std::string& uuid, const std::string& mode, const std::string& by);
  // Also clears a request for this mode.
  bool apply_mode(const model::Incarnation& id, const std::string& mode);
  bool set_lock_boot(const model::Incarnation& id, const std::string& boot);
  bool set_certificate(const model::Incarnation& id, const std::string& pem);

 private:
  Database& database_;
};

}  // namespace qd::store
