// Session locks of the simulated server: free at once when a process is killed, or its connection is cut.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "store/liveness_session.hpp"

#include "sim_database.hpp"

namespace qd::simulation {

// The locks of the server, by member.
class SimLocks {
 public:
  struct Lock {
    std::shared_ptr<Process> holder;
    std::uint64_t session = 0;
  };
  bool free(const std::string& uuid, UnixMillis now) const {
    const auto found = held.find(uuid);
    if (found == held.end()) return true;
    const auto& holder = *found->second.holder;
    return holder.dead || holder.unreachable_until > now;  // a vanished host's session is dropped
  }
  void clear() { held.clear(); }  // the server restarted

  std::map<std::string, Lock> held;
  std::uint64_t next_session = 0;
};

class SimLiveness final : public store::LivenessSession {
 public:
  SimLiveness(SimServer& server, SimLocks& locks, std::shared_ptr<Process> process, std::string uuid)
      : server_(server), locks_(locks), process_(std::move(process)), uuid_(std::move(uuid)) {}

  bool acquire() override {
    turn();
    if (ours()) return true;
    if (!locks_.free(uuid_, server_.world.now())) return false;
    session_ = ++locks_.next_session;
    boot_ = server_.boot;
    locks_.held[uuid_] = {process_, session_};
    return true;
  }
  bool still_held() override { return acquire(); }
  std::set<std::string> free_locks(const std::vector<std::string>& uuids) override {
    turn();
    if (boot_ != server_.boot) throw store::DatabaseError("the session was cut", true);
    std::set<std::string> free;
    for (const auto& uuid : uuids) {
      if (locks_.free(uuid, server_.world.now())) free.insert(uuid);
    }
    return free;
  }
  std::string server_boot() override { return ours() ? std::to_string(boot_) : std::string(); }
  bool wait(Millis timeout) override {
    server_.world.sleep(timeout);
    return false;
  }
  void release() noexcept override {
    if (ours()) locks_.held.erase(uuid_);
    session_ = 0;
  }

 private:
  bool ours() const {
    const auto found = locks_.held.find(uuid_);
    return session_ != 0 && boot_ == server_.boot && found != locks_.held.end() && found->second.session == session_;
  }
  void turn() {
    auto& world = server_.world;
    world.sleep(Millis{1});
    if (process_->unreachable_until > world.now() || world.chance(server_.faults.lost)) {
      if (ours()) locks_.held.erase(uuid_);  // the cut session's lock goes with it
      throw store::DatabaseError("the session was cut", true);
    }
  }

  SimServer& server_;
  SimLocks& locks_;
  std::shared_ptr<Process> process_;
  std::string uuid_;
  std::uint64_t session_ = 0, boot_ = 0;
};

}  // namespace qd::simulation
