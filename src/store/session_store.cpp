#include "store/session_store.hpp"

#include "codec/execution_codec.hpp"

namespace qd::store {
namespace {

constexpr const char* insert_session =
    "INSERT INTO login_session (id_hash, user_name, roles, created_ms, last_used_ms) VALUES (?, ?, ?, ?, ?)";
constexpr const char* select_session =
    "SELECT id_hash, user_name, roles, created_ms, last_used_ms FROM login_session WHERE id_hash = ?";
// Never back in time, whatever order the members' writes arrive in.
constexpr const char* touch_session =
    "UPDATE login_session SET last_used_ms = ? WHERE id_hash = ? AND last_used_ms < ?";
constexpr const char* delete_session = "DELETE FROM login_session WHERE id_hash = ?";
constexpr const char* delete_sessions_of_user = "DELETE FROM login_session WHERE user_name = ?";
// The derived table is for MariaDB, which knows no LIMIT in such a subquery.
constexpr const char* delete_older_sessions =
    "DELETE FROM login_session WHERE user_name = ? AND id_hash NOT IN (SELECT id_hash FROM (SELECT id_hash FROM "
    "login_session WHERE user_name = ? ORDER BY created_ms DESC, id_hash LIMIT ?) AS kept)";
constexpr const char* delete_idle_sessions = "DELETE FROM login_session WHERE last_used_ms < ?";

}  // namespace

SessionStore::SessionStore(Database& database) : database_(database) {}

void SessionStore::create(const LoginSession& session) {
  database_.execute(insert_session, {session.id_hash, session.user, codec::encode_texts(session.roles), session.created,
                                     session.last_used});
}

std::optional<LoginSession> SessionStore::find(const std::string& id_hash) {
  const auto rows = database_.query(select_session, {id_hash});
  if (rows.empty()) return std::nullopt;
  const Row& row = rows.front();
  return LoginSession{.id_hash = row.text(0),
                      .user = row.text(1),
                      .roles = codec::decode_texts(row.text(2)),
                      .created = row.integer(3),
                      .last_used = row.integer(4)};
}

void SessionStore::touch(const std::string& id_hash, UnixMillis now) {
  database_.execute(touch_session, {now, id_hash, now});
}

bool SessionStore::remove(const std::string& id_hash) {
  return database_.execute(delete_session, {id_hash}) > 0;
}

std::int64_t SessionStore::remove_of_user(const std::string& user) {
  return database_.execute(delete_sessions_of_user, {user});
}

std::int64_t SessionStore::remove_older(const std::string& user, std::size_t kept) {
  return database_.execute(delete_older_sessions, {user, user, static_cast<std::int64_t>(kept)});
}

std::int64_t SessionStore::remove_idle(UnixMillis last_used_before) {
  return database_.execute(delete_idle_sessions, {last_used_before});
}

}  // namespace qd::store
