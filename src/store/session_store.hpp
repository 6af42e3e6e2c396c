// Login sessions, shared by all members. The cookie's value is never stored, only its SHA-256.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/database.hpp"

namespace qd::store {

struct LoginSession {
  std::string id_hash = {};
  std::string user = {};
  std::vector<std::string> roles = {};
  UnixMillis created = 0;
  UnixMillis last_used = 0;
};

// Thread-safe.
class SessionStore {
 public:
  explicit SessionStore(Database& database);
  void create(const LoginSession& session);
  std::optional<LoginSession> find(const std::string& id_hash);
  void touch(const std::string& id_hash, UnixMillis now);
  bool remove(const std::string& id_hash);
  std::int64_t remove_of_user(const std::string& user);
  // All of the user's but the `kept` youngest.
  std::int64_t remove_older(const std::string& user, std::size_t kept);
  std::int64_t remove_idle(UnixMillis last_used_before);

 private:
  Database& database_;
};

}  // namespace qd::store
