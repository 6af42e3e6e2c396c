// All jobs of a project on few bytes, for whoever shows or searches them at once: ten thousand of them are a fourth of
// what `GET project/{project}/jobs` says, and browsers on slow machines read them several times as fast.
#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "store/job_store.hpp"

namespace qd::api {

// {"groups": ["", "web/front"], "jobs": [[id, name, place of its group in `groups`, description, scheduled,
// scheduleEnabled, enabled], …]}, by name as people read it ("job 9" before "job 10", any case), then by group.
JsonObject brief_jobs_json(std::vector<store::JobSummary> jobs);

}  // namespace qd::api
