// The kinds of LivenessSession, one for each database.
#pragma once

#include "store/database_url.hpp"
#include "store/liveness_session.hpp"

namespace qd::store {

std::unique_ptr<LivenessSession> sqlite_liveness(const DatabaseTarget& target, const std::string& uuid);
std::unique_ptr<LivenessSession> postgresql_liveness(const DatabaseTarget& target, const std::string& uuid);
std::unique_ptr<LivenessSession> mariadb_liveness(const DatabaseTarget& target, const std::string& uuid);

// How long a liveness session waits for a connection, and for an answer: it has to know soon.
inline constexpr Millis liveness_patience{5'000};

}  // namespace qd::store
