// GET execution/ID/workflow: what an execution ran, as it was then.
#pragma once

#include "api/route.hpp"

namespace qd::api {

// {loglevel, steps: [{stepctx, kind, title}], strategy?, nodes?, chosenFilter?, retryOf?, adHoc?, secureOptions?}
http::Response workflow_of_execution(Call& call);

}  // namespace qd::api
