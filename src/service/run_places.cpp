#include "service/run_places.hpp"

namespace qd::service {

namespace {
constexpr std::size_t kMostKept = 500;
}

RunPlacePtr RunPlaces::read(const std::string& job_uuid) {
  // Versions and configuration in one look.
  auto place = projects_.of_job(job_uuid);
  auto job = place ? jobs_.find(job_uuid, place->version.job) : nullptr;
  if (!job) {
    kept_.with([&](auto& all) { all.erase(job_uuid); });
    return nullptr;
  }
  auto version = place->version;
  version.job = job->version();  // it may have been saved between the two looks
  auto found = std::make_shared<const RunPlace>(RunPlace{std::move(job), std::move(place->project), version});
  kept_.with([&](auto& all) {
    if (all.size() >= kMostKept && !all.contains(job_uuid)) all.clear();
    all[job_uuid] = found;
  });
  return found;
}

RunPlacePtr RunPlaces::kept(const std::string& job_uuid) const {
  return kept_.with([&](const auto& all) {
    const auto found = all.find(job_uuid);
    return found == all.end() ? nullptr : found->second;
  });
}

}  // namespace qd::service
