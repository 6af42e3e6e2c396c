#include "cluster/candidates.hpp"

namespace qd::cluster {

std::vector<Candidate> candidates(const ClusterView& view) {
  std::vector<Candidate> found;
  for (const auto& [member, standing, age, reason] : view.members) {
    Candidate candidate;
    candidate.uuid = member.id.uuid;
    candidate.name = member.name;
    candidate.tags = member.tags;
    candidate.alive = standing == Standing::active || standing == Standing::inactive;
    candidate.active = member.active && standing == Standing::active;
    candidate.thread_ratio = member.vitals.thread_ratio;
    candidate.load = member.vitals.cpu_percent / 100;
    candidate.running = static_cast<int>(member.vitals.running);
    found.push_back(std::move(candidate));
  }
  return found;
}

}  // namespace qd::cluster
