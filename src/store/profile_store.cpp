#include "store/profile_store.hpp"

#include "store/sql_text.hpp"

namespace qd::store {
namespace {

constexpr const char* select_profile =
    "SELECT login, first_name, last_name, email, created_ms, updated_ms, last_login_ms FROM user_profile WHERE login = "
    "?";
constexpr const char* select_profiles =
    "SELECT login, first_name, last_name, email, created_ms, updated_ms, last_login_ms FROM user_profile ORDER BY "
    "login";
constexpr const char* note_login = "UPDATE user_profile SET last_login_ms = ? WHERE login = ?";

const std::vector<std::string> profile_columns = {"login",      "first_name", "last_name",    "email",
                                                  "created_ms", "updated_ms", "last_login_ms"};

Profile read_profile(const Row& row) {
  return {.login = row.text(0),
          .first_name = row.text(1),
          .last_name = row.text(2),
          .email = row.text(3),
          .created = row.integer(4),
          .updated = row.integer(5),
          .last_login = row.optional_integer(6)};
}

}  // namespace

ProfileStore::ProfileStore(Database& database) : database_(database) {}

std::optional<Profile> ProfileStore::find(const std::string& login) {
  const auto rows = database_.query(select_profile, {login});
  if (rows.empty()) return std::nullopt;
  return read_profile(rows.front());
}

std::vector<Profile> ProfileStore::list() {
  std::vector<Profile> profiles;
  for (const auto& row : database_.query(select_profiles)) profiles.push_back(read_profile(row));
  return profiles;
}

void ProfileStore::save(const Profile& profile) {
  const Value last_login = profile.last_login ? Value(*profile.last_login) : Value(nullptr);
  database_.execute(upsert_sql(database_.dialect(), "user_profile", profile_columns, "login",
                               {"first_name", "last_name", "email", "updated_ms"}),
                    {profile.login, profile.first_name, profile.last_name, profile.email, profile.created,
                     profile.updated, last_login});
}

void ProfileStore::logged_in(const std::string& login, UnixMillis now) {
  if (database_.execute(note_login, {now, login}) > 0) return;
  database_.execute(upsert_sql(database_.dialect(), "user_profile", profile_columns, "login", {"last_login_ms"}),
                    {login, "", "", "", now, now, now});
}

}  // namespace qd::store
