#include "store/liveness_session.hpp"

#include "store/liveness_session_kinds.hpp"

namespace qd::store {

Result<std::unique_ptr<LivenessSession>> open_liveness_session(const DatabaseConfig& config, const std::string& uuid) {
  const auto target = parse_database_url(config);
  if (!target) return fail(target.error());
  switch (target->dialect) {
    case Dialect::postgresql:
      return postgresql_liveness(*target, uuid);
    case Dialect::mariadb:
      return mariadb_liveness(*target, uuid);
    case Dialect::sqlite:
      break;
  }
  return sqlite_liveness(*target, uuid);
}

}  // namespace qd::store
