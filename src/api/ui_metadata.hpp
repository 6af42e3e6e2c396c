// "UI metadata": named bundles of facts on jobs and projects that list pages ask for together with the list. Names and
// contents are those of the peer's answers.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "api/route.hpp"
#include "base/json.hpp"
#include "service/scm_views.hpp"
#include "store/job_store.hpp"

namespace qd::api {

// The bundles that a request asks for: `meta` (comma-separated; "*" is all of `known`) without `metaExclude` (from
// version 58 on). `standard` is what an absent `meta` means.
std::set<std::string> wanted_metadata(const Call& call, const std::set<std::string>& known, const char* standard);

const std::set<std::string>& job_metadata_names();
const std::set<std::string>& project_metadata_names();

// [{name, data}] of those that are wanted: authz, schedule, stats; scmExport, scmImport where the project has such an
// integration. By uuid. The jobs are of one project, and such that whoever asks may view them; however many they are,
// the database is asked only a few times, and a repository once.
std::map<std::string, JsonArray> job_metadata(const Call& call, const std::vector<store::JobSummary>& jobs,
                                              const std::set<std::string>& wanted);
// authz, config, sysMode, message
Result<JsonArray> project_metadata(const Call& call, const std::string& project, const std::set<std::string>& wanted);

}  // namespace qd::api
