// Switches that turn by themselves after a while: executions of this member, executions and schedules of projects.
//
// Source: the peer's API document (rundeck-api.yml): …/enable/later and …/disable/later. What waits stands in the
// database: a restart forgets nothing, and one member of the cluster turns the switch of a project.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "auth/identity.hpp"
#include "base/result.hpp"
#include "service/audit.hpp"
#include "store/project_store.hpp"
#include "store/setting_store.hpp"

namespace qd::service {

struct LaterMode {
  bool enable = true;
  UnixMillis due = 0;  // by the database's clock
  std::string by;      // who asked for it
};

// What became of a request.
struct LaterAnswer {
  bool saved = false;  // false: the switch stands there already
  std::string message;
  UnixMillis due = 0;
};

// Thread-safe; blocks on the database.
class LaterModes {
 public:
  struct Parts {
    store::Database& database;
    store::ProjectStore& projects;
    Audit& audit;
    std::string server_uuid;
    std::function<bool()> active;  // does this member take executions?
    std::function<Result<>(bool active, const std::string& by)> set_active;
  };
  explicit LaterModes(Parts parts) : parts_(std::move(parts)), settings_(parts_.database) {}
  ~LaterModes() { stop(); }
  LaterModes(const LaterModes&) = delete;
  LaterModes& operator=(const LaterModes&) = delete;

  void start();
  void stop() noexcept;

  // `after` as "2h30m" or "90" (seconds). A new request takes the place of the one before. Errors are `invalid`.
  Result<LaterAnswer> system(const auth::Identity& who, bool enable, const std::string& after);
  // `what`: "executions" or "schedule".
  Result<LaterAnswer> project(const auth::Identity& who, const std::string& project, const std::string& what,
                              bool enable, const std::string& after);
  // What waits for this member.
  std::optional<LaterMode> waiting();
  // Somebody turned a member's switch by hand: what waits is void.
  void forget(const std::string& member_uuid);

 private:
  Result<LaterAnswer> save(const auth::Identity& who, const std::string& key, bool enable, const std::string& after);
  void loop();
  void look();
  bool turn(const std::string& key, const LaterMode& mode);
  bool turn_project(const std::string& project, const std::string& what, const LaterMode& mode);
  std::string own_key() const { return key_of(parts_.server_uuid); }
  static std::string key_of(const std::string& member_uuid);

  Parts parts_;
  store::SettingStore settings_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace qd::service
