// Facts and switches of this member.
#pragma once

#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "engine/launcher.hpp"
#include "store/database.hpp"

namespace qd::service {

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
  System(MemberFacts facts, store::Database& database, engine::Launcher& launcher, const Clock& clock)
      : facts_(std::move(facts)), database_(database), launcher_(launcher), clock_(clock) {}

  const MemberFacts& member() const { return facts_; }
  static ProcessFacts process();
  std::size_t running_executions() const;
  store::Database::PoolStats database_pool() const { return database_.pool_stats(); }
  store::Dialect database_dialect() const { return database_.dialect(); }
  Result<> check_database();  // one round trip

  bool active() const;

 private:
  MemberFacts facts_;
  store::Database& database_;
  engine::Launcher& launcher_;
  const Clock& clock_;
};

}  // namespace qd::service
