#include "store/setting_store.hpp"

#include "base/text.hpp"
#include "store/sql_text.hpp"

namespace qd::store {
namespace {

constexpr const char* select_setting = "SELECT value FROM setting WHERE name = ?";
constexpr const char* delete_setting = "DELETE FROM setting WHERE name = ?";
constexpr const char* lock_setting = "UPDATE setting SET value = value WHERE name = ?";

std::string put_setting(Dialect dialect) {
  return upsert_sql(dialect, "setting", {"name", "value"}, "name", {"value"});
}

}  // namespace

SettingStore::SettingStore(Database& database) : database_(database) {}

std::optional<std::string> SettingStore::get(const std::string& key) {
  const auto rows = database_.query(select_setting, {key});
  if (rows.empty()) return std::nullopt;
  return rows.front().text(0);
}

void SettingStore::put(const std::string& key, const std::string& value) {
  database_.execute(put_setting(database_.dialect()), {key, value});
}

bool SettingStore::remove(const std::string& key) {
  return database_.execute(delete_setting, {key}) > 0;
}

std::int64_t SettingStore::increment(const std::string& key) {
  std::int64_t next = 0;
  database_.transact([&](Session& session) { next = increment(session, key); });
  return next;
}

std::int64_t SettingStore::increment(Session& session, const std::string& key) {
  if (session.execute(lock_setting, {key}) == 0) {
    // Whoever inserts second waits for the first and then reads what the first wrote.
    session.execute(upsert_sql(session.dialect(), "setting", {"name", "value"}, "name", {"name"}), {key, "0"});
  }
  const auto next = base::parse_int(session.query(select_setting, {key}).at(0).text(0)).value_or(0) + 1;
  session.execute(put_setting(session.dialect()), {key, std::to_string(next)});
  return next;
}

}  // namespace qd::store
