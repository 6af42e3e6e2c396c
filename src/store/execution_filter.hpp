// ExecutionQuery as conditions on table execution.
#pragma once

#include "store/condition.hpp"
#include "store/execution_store.hpp"

namespace qd::store {

Conditions execution_conditions(Dialect dialect, const ExecutionQuery& query);

}  // namespace qd::store
