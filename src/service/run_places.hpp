// What a run needs to know of a job: the job itself and the configuration of its project.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "base/guarded.hpp"
#include "service/job_cache.hpp"
#include "store/project_store.hpp"

namespace qd::service {

struct RunPlace {
  StoredJobPtr job;
  model::Project project;
  store::PlaceVersion version;
};
using RunPlacePtr = std::shared_ptr<const RunPlace>;

// Thread-safe.
class RunPlaces {
 public:
  RunPlaces(store::ProjectStore& projects, JobCache& jobs) : projects_(projects), jobs_(jobs) {}

  RunPlacePtr read(const std::string& job_uuid);  // null: no such job
  // As it was read last; null: it was not. Whether it has changed since is for the database to say when the run is
  // written (engine::RunRequest::unchanged), which saves asking for it first.
  RunPlacePtr kept(const std::string& job_uuid) const;

 private:
  store::ProjectStore& projects_;
  JobCache& jobs_;
  base::Guarded<std::unordered_map<std::string, RunPlacePtr>> kept_;
};

}  // namespace qd::service
