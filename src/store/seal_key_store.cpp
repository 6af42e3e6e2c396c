#include "store/seal_key_store.hpp"

namespace qd::store {
namespace {

constexpr const char* select_key = "SELECT id, source, salt, created_ms FROM seal_key WHERE id = ?";
constexpr const char* select_current = "SELECT id, source, salt, created_ms FROM seal_key WHERE place = 'current'";
constexpr const char* select_keys = "SELECT id, source, salt, created_ms FROM seal_key ORDER BY created_ms, id";
// `place` is unique: one row is the current one, every other one stands at its own id.
constexpr const char* retire = "UPDATE seal_key SET place = id WHERE id = ? AND place = 'current'";
constexpr const char* promote = "UPDATE seal_key SET place = 'current' WHERE id = ?";
constexpr const char* insert_current =
    "INSERT INTO seal_key (id, place, source, salt, created_ms) VALUES (?, 'current', ?, ?, ?)";

SealKey read_key(const Row& row) {
  return {row.text(0), row.text(1), row.text(2), row.integer(3)};
}

std::optional<SealKey> first(const Rows& rows) {
  if (rows.empty()) return std::nullopt;
  return read_key(rows.front());
}

}  // namespace

SealKeyStore::SealKeyStore(Database& database) : database_(database) {}

std::optional<SealKey> SealKeyStore::find(const std::string& id) {
  return first(database_.query(select_key, {id}));
}

std::optional<SealKey> SealKeyStore::current() {
  return first(database_.query(select_current));
}

std::vector<SealKey> SealKeyStore::all() {
  std::vector<SealKey> keys;
  for (const auto& row : database_.query(select_keys)) keys.push_back(read_key(row));
  return keys;
}

bool SealKeyStore::make_current(const SealKey& key, const std::string& replaced) {
  bool done = false;
  try {
    database_.transact([&](Session& session) {
      done = false;
      if (!replaced.empty() && session.execute(retire, {replaced}) == 0) return;
      if (session.execute(promote, {key.id}) == 0) {
        session.execute(insert_current, {key.id, key.source, key.salt, key.created});
      }
      done = true;
    });
  } catch (const UniqueViolation&) {
    return false;
  }
  return done;
}

}  // namespace qd::store
