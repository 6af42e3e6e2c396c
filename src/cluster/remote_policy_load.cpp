#include "cluster/remote_policy_load.hpp"

#include <algorithm>
#include <utility>

namespace qd::cluster {

double weighted_load(const Policy& policy, const Candidate& member) {
  double sum = 0;
  for (const auto& [kind, weight] : policy.criteria) {
    sum += weight * (kind == Criterion::Kind::load ? member.load : member.thread_ratio);
  }
  return sum;
}

const Candidate* choose_by_load(const Policy& policy, std::vector<const Candidate*> members, RandomSource& random) {
  // Figures are as old as the last beats: shuffled first, equals do not always come in the same order.
  std::shuffle(members.begin(), members.end(), random);
  std::ranges::stable_sort(
      members, {}, [&](const Candidate* member) { return std::pair(weighted_load(policy, *member), member->running); });

  const std::size_t count = policy.group_weights.size();
  std::vector<std::vector<const Candidate*>> groups(count);
  for (std::size_t i = 0; i < members.size(); ++i) groups[i * count / members.size()].push_back(members[i]);

  std::vector<double> weights(count, 0);
  std::size_t filled = 0;
  for (std::size_t group = 0; group < count; ++group) {
    if (!groups[group].empty()) filled = group;
    weights[filled] += policy.group_weights[group];
  }
  const auto& group = groups[std::discrete_distribution<std::size_t>(weights.begin(), weights.end())(random)];
  return group[std::uniform_int_distribution<std::size_t>(0, group.size() - 1)(random)];
}

}  // namespace qd::cluster
