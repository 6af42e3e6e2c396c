#include "store/local_user_store.hpp"

#include "codec/execution_codec.hpp"

namespace qd::store {
namespace {

constexpr const char* insert_local_user =
    "INSERT INTO local_user (login, password, roles, enabled, created_ms, updated_ms) VALUES (?, ?, ?, ?, ?, ?)";
constexpr const char* update_local_user =
    "UPDATE local_user SET password = ?, roles = ?, enabled = ?, updated_ms = ? WHERE login = ?";
constexpr const char* delete_local_user = "DELETE FROM local_user WHERE login = ?";
constexpr const char* select_local_user =
    "SELECT login, password, roles, enabled, created_ms, updated_ms FROM local_user WHERE login = ?";
constexpr const char* select_local_users =
    "SELECT login, password, roles, enabled, created_ms, updated_ms FROM local_user ORDER BY login";

LocalUser read_local_user(const Row& row) {
  return {.login = row.text(0),
          .password = row.text(1),
          .roles = codec::decode_texts(row.text(2)),
          .enabled = row.truth(3),
          .created = row.integer(4),
          .updated = row.integer(5)};
}

std::int64_t as_flag(bool value) {
  return value ? 1 : 0;
}

}  // namespace

LocalUserStore::LocalUserStore(Database& database) : database_(database) {}

bool LocalUserStore::create(const LocalUser& user) {
  try {
    database_.execute(insert_local_user, {user.login, user.password, codec::encode_texts(user.roles),
                                          as_flag(user.enabled), user.created, user.updated});
  } catch (const UniqueViolation&) {
    return false;
  }
  return true;
}

bool LocalUserStore::update(const LocalUser& user) {
  return database_.execute(update_local_user, {user.password, codec::encode_texts(user.roles), as_flag(user.enabled),
                                               user.updated, user.login}) > 0;
}

bool LocalUserStore::remove(const std::string& login) {
  return database_.execute(delete_local_user, {login}) > 0;
}

std::optional<LocalUser> LocalUserStore::find(const std::string& login) {
  const auto rows = database_.query(select_local_user, {login});
  if (rows.empty()) return std::nullopt;
  return read_local_user(rows.front());
}

std::vector<LocalUser> LocalUserStore::list() {
  std::vector<LocalUser> users;
  for (const auto& row : database_.query(select_local_users)) users.push_back(read_local_user(row));
  return users;
}

}  // namespace qd::store
