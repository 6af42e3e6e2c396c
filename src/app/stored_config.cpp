#include "app/stored_config.hpp"

#include "app/config_keys.hpp"
#include "base/logging.hpp"
#include "store/setting_store.hpp"

namespace qd::app {
namespace {

// Opened once more, with one connection, before the server is built: what the server is made of may stand in it.
Result<service::ConfigValues> read_stored(const Config& config) {
  auto reading = config.database;
  reading.pool_size = 1;
  const auto database = store::Database::open(reading);
  if (!database) return fail(database.error());
  store::SettingStore settings(**database);
  return service::stored_config_of(settings, config.member.uuid);
}

}  // namespace

Result<Config> with_stored_config(const ConfigRequest& request, Config config) {
  auto stored = read_stored(config);
  if (!stored) return fail(stored.error());
  if (stored->empty()) return config;
  ConfigRequest whole = request;
  whole.stored = std::move(*stored);
  auto full = load_config(whole);
  if (!full) {
    base::log_error("config",
                    "the configuration in the database is not taken, as some of it is wrong: " + full.error().message);
    return config;
  }
  full->member.uuid = config.member.uuid;
  return full;
}

Result<> check_stored_config(const service::ConfigValues& values,
                             const std::function<Result<Config>(const service::ConfigValues&)>& load) {
  for (const auto& [key, value] : values) {
    const ConfigKey* row = find_config_key(key);
    if (row == nullptr) continue;
    if (row->kind == ValueKind::secret || row->kind == ValueKind::database_url)
      return fail(ErrorKind::invalid, key + ": is a secret; write it to the configuration files or the environment");
    // Where a flag or the environment of this member wins, other members would find what is wrong.
    const bool refers = value.find("${") != std::string::npos;
    if (row->kind == ValueKind::ignored || refers) continue;
    if (const auto judged = judge_value(row->kind, value, row->range, row->choices); !judged)
      return fail(ErrorKind::invalid, key + ": '" + value + "': " + judged.error().message);
  }
  if (!load) return {};
  if (auto config = load(values); !config) return fail(config.error());
  return {};
}

std::string meaning_of_key(const std::string& key) {
  const ConfigKey* row = find_config_key(key);
  return row == nullptr || row->kind == ValueKind::ignored ? std::string() : std::string(row->meaning);
}

}  // namespace qd::app
