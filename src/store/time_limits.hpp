// How long the servers may take. Every wait on a database ends by one of these.
#pragma once

#include <chrono>

namespace qd::store {

inline constexpr std::chrono::seconds statement_limit{120};  // the server gives up
inline constexpr std::chrono::seconds answer_limit{140};     // we give up on the server
inline constexpr std::chrono::seconds idle_limit{
    10};  // within a transaction: a process that hangs lets go of its locks
inline constexpr std::chrono::seconds lock_limit{30};  // waiting for a row that somebody else has locked

}  // namespace qd::store
