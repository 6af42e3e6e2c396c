// Configuration of the cluster, with the peer's keys and defaults. Times are seconds, and may have fractions.
// Source: docs/administration/cluster/autotakeover and configuration/remote-job-execution of rundeck/docs.
#pragma once

#include <map>
#include <set>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace qd::cluster {

struct HeartbeatConfig {
  Millis interval{30'000};
  Millis delay{10'000};               // from the start to the first beat after that of the start itself
  Millis consider_inactive{150'000};  // age of the last beat
  Millis consider_dead{300'000};
};

enum class TakeoverPolicy { any, fixed, remote_execution };  // Any, Static, RemoteExecution

struct TakeoverConfig {
  bool enabled = false;
  TakeoverPolicy policy = TakeoverPolicy::any;
  std::set<std::string> allowed;  // of policy Static: the members that may be taken over
  Millis delay{60'000};           // from the proposal to the act
  Millis sleep{300'000};          // between attempts on one member
};

struct ClusterConfig {
  bool enabled = false;
  HeartbeatConfig heartbeat;
  TakeoverConfig autotakeover;
  TakeoverConfig recovery{.enabled = true,
                          .policy = TakeoverPolicy::any,
                          .allowed = {},
                          .delay = Millis{30'000},
                          .sleep = Millis{60'000}};  // of executions; never RemoteExecution
  bool remote_abort = true;
  Millis process_interval{10'000};  // of messages, where the database cannot notify
  Millis message_life{30 * 60'000};
  bool fast_failure_detection = true;  // ours: session locks
};

// Reads the keys below `rundeck.clusterMode.` that it knows and leaves the others alone. An error names the key, its
// value and what is allowed.
Result<ClusterConfig> parse_cluster_config(const std::map<std::string, std::string>& properties);

}  // namespace qd::cluster
