// Who is gone: judged from the beats and the locks that this member has seen, by the database's clock.
//
// Gone by lock: the session lock was free in three looks at least 600 ms apart, it belongs to the server that runs now
// (after a restart of the database all locks are free and prove nothing), and the row did not change meanwhile.
// Gone by age: the last beat is older than considerDead, and this member itself could watch it not changing for two
// intervals: after an outage of the database, or a jump of its clock, all beats look old.
#pragma once

#include <map>
#include <string>

#include "cluster/config.hpp"
#include "cluster/membership.hpp"

namespace qd::cluster {

struct Verdict {
  enum class Is { alive, unsure, gone } is = Is::unsure;
  bool lock_held = false;  // seen just now: its process reaches the database
  std::string reason;
};

// Not thread-safe.
class FailureDetector {
 public:
  FailureDetector(std::string own_uuid, const HeartbeatConfig& config);

  // Takes in what was seen, and marks in `view` who is gone. `liveness` may be null; when it fails, what the locks told
  // is forgotten.
  void observe(ClusterView& view, store::LivenessSession* liveness);
  // Of a member of the last view.
  Verdict judge(const model::Member& member) const;

 private:
  struct Evidence {
    std::int64_t number = 0;
    UnixMillis beat = 0;
    std::string boot;
    Millis watched{0};  // how long this beat was seen unchanged
    int free_looks = 0;
    UnixMillis first_free = 0;
    bool held = false;
  };
  void look_at_locks(const ClusterView& view, store::LivenessSession& liveness);
  void forget_locks();

  const std::string own_uuid_;
  const HeartbeatConfig config_;
  const Millis grace_;
  UnixMillis now_ = 0;
  std::map<std::string, Evidence> evidence_;
};

}  // namespace qd::cluster
