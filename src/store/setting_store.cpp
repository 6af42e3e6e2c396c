#include "store/setting_store.hpp"

#include "base/text.hpp"
#include "store/sql_text.hpp"

namespace qd::store {
namespace {

constexpr const char* select_setting = "SELECT value FROM setting WHERE name = ?";
constexpr const char* delete_setting = "DELETE FROM setting WHERE name = ?";
constexpr const char* delete_setting_if = "DELETE FROM setting WHERE name = ? AND value = ?";
constexpr const char* select_settings_between =
    "SELECT name, value FROM setting WHERE name >= ? AND name < ? ORDER BY name";
constexpr const char* select_all_settings = "SELECT name, value FROM setting ORDER BY name";
constexpr const char* lock_setting = "UPDATE setting SET value = value WHERE name = ?";

std::string put_setting(Dialect dialect) {
  return upsert_sql(dialect, "setting", {"name", "value"}, "name", {"value"});
}

// The first text that is greater than every text with this prefix; "" when there is none.
std::string after_prefix(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) >= 0x7f) prefix.pop_back();
  if (!prefix.empty()) ++prefix.back();
  return prefix;
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

bool SettingStore::remove_if(const std::string& key, const std::string& value) {
  return database_.execute(delete_setting_if, {key, value}) > 0;
}

std::map<std::string, std::string> SettingStore::with_prefix(const std::string& prefix) {
  const auto end = after_prefix(prefix);
  const auto rows =
      end.empty() ? database_.query(select_all_settings) : database_.query(select_settings_between, {prefix, end});
  std::map<std::string, std::string> found;
  for (const auto& row : rows) {
    if (auto name = row.text(0); name.starts_with(prefix)) found.emplace(std::move(name), row.text(1));
  }
  return found;
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
