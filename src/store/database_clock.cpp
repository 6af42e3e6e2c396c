#include "store/database_clock.hpp"

namespace qd::store {

std::int64_t DatabaseClock::steady() {
  return std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

DatabaseClock::DatabaseClock() : offset_(SystemClock().now() - steady()) {}

UnixMillis DatabaseClock::now() const {
  return steady() + offset_;
}

void DatabaseClock::observe(UnixMillis database_now) {
  offset_ = database_now - steady();
}

}  // namespace qd::store
