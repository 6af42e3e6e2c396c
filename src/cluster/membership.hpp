// This member's own place in the cluster: its row, its beats, its lock, its execution mode, and what it sees of others.
//
// A life begins with start() and ends with leave(), or when the others fence it: then `fenced` is called, once, and
// nothing of this life counts any more until rejoin() begins a new one.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/guarded.hpp"
#include "cluster/config.hpp"
#include "cluster/journal.hpp"
#include "model/member.hpp"
#include "store/liveness_session.hpp"
#include "store/member_store.hpp"
#include "store/message_store.hpp"

namespace qd::cluster {

enum class Standing { active, inactive, dead, leaving, stopped };
const char* to_text(Standing standing);

struct MemberView {
  model::Member member;
  Standing standing = Standing::active;
  Millis age{0};       // of the last beat
  std::string reason;  // why it is held for dead
};

struct ClusterView {
  UnixMillis now = 0;  // the database's clock, when it was read
  std::vector<MemberView> members;
  const MemberView* find(const std::string& uuid) const;
};

struct MembershipHooks {
  std::function<void()> fenced;           // end what runs here, then ask for a new life
  std::function<void(bool active)> mode;  // change the execution mode of this process; may be called again
};

// beat(), request_mode() and the getters are thread-safe; all else is for the thread that watches. Everything that asks
// the database throws store::DatabaseError when it is lost; the next call goes on.
class Membership {
 public:
  // `liveness` is null where there are no session locks, or they are switched off.
  Membership(store::Database& database, store::LivenessSession* liveness, model::OwnIncarnation& self,
             const HeartbeatConfig& config, Journal& journal, MembershipHooks hooks);

  // Error `conflict`: another process lives under this uuid; says which. `self` is described without its times.
  Result<> start(const model::Member& self);
  Result<> rejoin();
  bool begin_leaving();
  bool leave();

  enum class Phase { outside, inside, leaving, fenced };
  Phase phase() const;
  bool active() const;  // execution mode

  // False when this life is over.
  bool beat(const model::Vitals& vitals);
  // Takes the lock again when the session was cut, and publishes the server that it belongs to.
  void keep_lock();
  // All members; notices when this one was fenced.
  ClusterView look();
  // Does what was asked of this member's row.
  void apply_requests(const ClusterView& view);

  enum class ModeAnswer { complete, pending };
  Result<ModeAnswer> request_mode(const std::string& uuid, bool active, const std::string& by);

 private:
  struct State {
    Phase phase = Phase::outside;
    bool active = true;
  };
  Result<> register_life(const std::optional<model::Member>& seen, const char* event);
  Error refusal(const std::optional<model::Member>& other) const;
  bool is_fresh(const model::Member& row);
  void fence(const model::Incarnation& life, const std::string& why);
  void change_mode(const model::Incarnation& life, bool active, const std::string& by);

  store::Database& database_;
  store::LivenessSession* const liveness_;
  model::OwnIncarnation& self_;
  const HeartbeatConfig config_;
  Journal& journal_;
  const MembershipHooks hooks_;
  store::MemberStore members_;
  store::MessageStore messages_;
  model::Member description_;
  std::string published_boot_;
  base::Guarded<State> state_;
};

}  // namespace qd::cluster
