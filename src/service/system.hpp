// Facts and switches of this member.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/guarded.hpp"
#include "base/result.hpp"
#include "engine/launcher.hpp"
#include "store/database.hpp"

namespace qd::service {

// A key of the configuration as it is in force.
struct ConfigEntry {
  std::string key;
  std::optional<std::string> value;     // nullopt: a secret that is set
  std::optional<std::string> standard;  // what holds when nobody sets it; nullopt: nothing
  std::string source;                   // "default", "file:line", "environment variable X", "flag …"
  std::string kind, meaning;            // what values look like, and what the key does
};

struct MemberFacts {
  std::string version;
  std::string node_name;
  std::string base_dir;
  std::string server_uuid;
  bool cluster = false;
  UnixMillis started = 0;
};

struct ProcessFacts {
  std::int64_t resident_bytes = 0;
  std::int64_t memory_total_bytes = 0, memory_free_bytes = 0;  // of the machine
  double load_average = 0;
  unsigned processors = 1;
  std::size_t threads = 0;
  std::string os_name, os_version, os_arch;
};

// Thread-safe.
class System {
 public:
  System(MemberFacts facts, std::vector<ConfigEntry> config, store::Database& database, engine::Launcher& launcher,
         const Clock& clock)
      : facts_(std::move(facts)), config_(std::move(config)), database_(database), launcher_(launcher), clock_(clock) {}

  const MemberFacts& member() const { return facts_; }
  static ProcessFacts process();
  std::size_t running_executions() const;
  store::Database::PoolStats database_pool() const { return database_.pool_stats(); }
  Result<> check_database();  // one round trip

  bool active() const;

  std::vector<ConfigEntry> config() const {
    return config_.with([](const auto& entries) { return entries; });
  }
  // Takes over those entries of `fresh` whose keys start with `prefix`: the ones that a refresh puts in force.
  void refresh_config(const std::vector<ConfigEntry>& fresh, const std::string& prefix);

 private:
  MemberFacts facts_;
  base::Guarded<std::vector<ConfigEntry>> config_;
  store::Database& database_;
  engine::Launcher& launcher_;
  const Clock& clock_;
};

}  // namespace qd::service
