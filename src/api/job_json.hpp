// Jobs as lists, imports and metadata answers show them.
#pragma once

#include "api/route.hpp"
#include "base/json.hpp"
#include "store/job_store.hpp"

namespace qd::api {

// {id, name, group, project, description, href, permalink, scheduled, scheduleEnabled, enabled…}
JsonObject job_summary_json(const Call& call, const store::JobSummary& job);
store::JobSummary summary_of(const store::StoredJob& stored);
// A definition knows neither project schedules nor takeovers; the rows of the schedules do. nullopt: it has none.
void show_owner(store::JobSummary& job, const std::optional<std::string>& owner);

// The filters of a job list or export in query parameters.
Result<store::JobQuery> job_query(const Call& call);
// No more values than a database takes.
Result<> check_lists(const store::JobQuery& query);

}  // namespace qd::api
