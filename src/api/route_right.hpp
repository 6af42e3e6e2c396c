// The decision that a route names, taken before its handler runs.
#pragma once

#include "api/route.hpp"

namespace qd::api {

// Nothing, or why the request is refused. What a job, an execution or a list needs, its use case decides.
Result<> right_to(const Needs& needs, const Call& call);

// Does the path alone tell what the decision is about?
bool decided_by_path(const Needs& needs, bool has_project);

}  // namespace qd::api
