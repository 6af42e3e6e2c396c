// The members as the policies see them.
#pragma once

#include <vector>

#include "cluster/membership.hpp"
#include "cluster/remote_policy.hpp"

namespace qd::cluster {

std::vector<Candidate> candidates(const ClusterView& view);

}  // namespace qd::cluster
