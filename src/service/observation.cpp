#include "service/observation.hpp"

#include "base/logging.hpp"
#include "service/members_now.hpp"

namespace qd::service {
namespace {
constexpr std::chrono::seconds kFresh{1};
}  // namespace

Observation::Observation(store::Database& database, std::function<cluster::ClusterView()> judged)
    : database_(database), judged_(std::move(judged)) {}

// Whoever comes while it is read waits for that reading: a crowd costs no more than one.
std::optional<ClusterReading> Observation::read() {
  const std::lock_guard lock(reading_);
  if (std::chrono::steady_clock::now() >= fresh_until_) {
    last_ = read_now();
    fresh_until_ = std::chrono::steady_clock::now() + kFresh;
  }
  return last_;
}

std::optional<ClusterReading> Observation::read_now() {
  const auto began = std::chrono::steady_clock::now();
  try {
    ClusterReading reading{store::BacklogStore(database_).read(), members_now(database_, judged_()), 0};
    reading.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    return reading;
  } catch (const store::DatabaseError& error) {
    base::log_debug("service", std::string("metrics are without the database's: ") + error.what());
    return std::nullopt;
  }
}

}  // namespace qd::service
