// Users whose passwords are in the database, so that every member knows them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/database.hpp"

namespace qd::store {

struct LocalUser {
  std::string login = {};
  std::string password = {};  // as a realm file has it: "BCRYPT:$2a$…"
  std::vector<std::string> roles = {};
  bool enabled = true;
  UnixMillis created = 0, updated = 0;
};

// Thread-safe.
class LocalUserStore {
 public:
  explicit LocalUserStore(Database& database);
  bool create(const LocalUser& user);  // false: the login is taken
  bool update(const LocalUser& user);  // all but login and `created`; false: there is no such user
  bool remove(const std::string& login);
  std::optional<LocalUser> find(const std::string& login);
  std::vector<LocalUser> list();  // by login

 private:
  Database& database_;
};

}  // namespace qd::store
