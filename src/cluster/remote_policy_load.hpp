// The policy Load: a draw among groups of members that are loaded alike.
#pragma once

#include "cluster/remote_policy.hpp"

namespace qd::cluster {

// The weighted sum of the policy's criteria.
double weighted_load(const Policy& policy, const Candidate& member);

// Sorts by weighted load, cuts the list into as many groups as there are weights, draws a group by weight and one of
// its members. With fewer members than groups some groups are empty; the weight of an empty one counts for the next
// less loaded group that is not. `members` is not empty.
const Candidate* choose_by_load(const Policy& policy, std::vector<const Candidate*> members, RandomSource& random);

}  // namespace qd::cluster
