// What users say about themselves, and when they last logged in.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/database.hpp"

namespace qd::store {

struct Profile {
  std::string login = {}, first_name = {}, last_name = {}, email = {};
  UnixMillis created = 0, updated = 0;
  std::optional<UnixMillis> last_login = {};
};

// Thread-safe.
class ProfileStore {
 public:
  explicit ProfileStore(Database& database);
  std::optional<Profile> find(const std::string& login);
  std::vector<Profile> list();
  void save(const Profile& profile);  // inserts or replaces names and email
  void logged_in(const std::string& login, UnixMillis now);

 private:
  Database& database_;
};

}  // namespace qd::store
