// The members as their rows are at this moment.
#pragma once

#include "cluster/membership.hpp"
#include "store/database.hpp"

namespace qd::service {

// What the watching part judged holds for the life that it judged; all else is read now, so that a change of mode, a
// return or the load shows at once. One query. Throws store::DatabaseError.
cluster::ClusterView members_now(store::Database& database, const cluster::ClusterView& judged);

}  // namespace qd::service
