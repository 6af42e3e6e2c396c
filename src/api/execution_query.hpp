// The filters of execution queries in query parameters.
#pragma once

#include "api/route.hpp"
#include "store/execution_store.hpp"

namespace qd::api {

// Everything that "Execution Query" documents, offset and max included.
Result<store::ExecutionQuery> execution_query(const Call& call);

}  // namespace qd::api
