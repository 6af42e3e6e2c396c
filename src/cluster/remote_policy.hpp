// Where an execution runs: the choice that a remote execution policy makes among the members. Pure: the same arguments
// and the same state of `random` give the same answer.
#pragma once

#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "cluster/policy_config.hpp"

namespace qd::cluster {

using RandomSource = std::mt19937_64;

// A member as the policies see it.
struct Candidate {
  std::string uuid, name;
  std::set<std::string> tags;
  bool active = true;       // takes executions, and its heartbeat is not late
  bool alive = true;        // not dead, stopped or leaving; nobody else is ever chosen
  double thread_ratio = 0;  // busy part of its execution threads, 0 to 1
  double load = 0;          // busy part of its processors, 0 to 1
  int running = 0;          // executions; decides between members that are loaded the same
};

// What choices remember of earlier ones. Lives in memory, one for each member; not thread-safe.
struct ChooserState {
  std::map<std::string, std::string> last_uuid;  // of RoundRobin: profile → the member chosen last
};

struct Decision {
  enum class Kind { member, queue, nobody } kind = Kind::nobody;
  std::string uuid;    // of `member`
  std::string reason;  // for people: "RoundRobin among 3 members", "no member that … has the tags db,web"
  bool operator==(const Decision&) const = default;
};

// None: `self`, whatever its state. Preset: the member of its uuid; the lists of members and tags do not concern it.
// Random, RoundRobin (in the order of uuids), Load: among the members that the lists allow, and of those only the
// preferred ones if there are any. Queue: the queue, as somebody may come who may take it; see may_run.
// `candidates` holds `self` too.
Decision choose(const Policy& policy, const std::vector<Candidate>& candidates, const std::string& self,
                RandomSource& random, ChooserState& state);

// Does the policy let `member` run what `origin` started? Preferences are not asked. Members that take from the queue,
// and takeovers by policy, ask this.
bool may_run(const Policy& policy, const Candidate& member, const std::string& origin);

}  // namespace qd::cluster
