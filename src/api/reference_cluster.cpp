// Notes on the cluster, its schedules, the member itself and its log storage.
#include "api/reference.hpp"

namespace qd::api {

std::span<const RouteNote> cluster_notes() {
  static constexpr RouteNote kNotes[] = {
      {"GET cluster/members", "Members with their states, and schedules whose owner is gone", "", "", "Members"},
      {"GET cluster/events", "What happened in the cluster, the newest first", "kind member from until offset max", "",
       "ClusterEvents"},
      {"POST enterprise/cluster/executions/enable", "Let a member run executions", "uuid", "", "MemberMode"},
      {"POST enterprise/cluster/executions/disable", "Let a member start no more executions", "uuid", "", "MemberMode"},
      {"GET config/list", "Configuration that is kept in the database", "", "", "json"},
      {"GET config/get", "One value of it", "key strata", "", "json"},
      {"POST config/save", "Change values of it: key, value, strata (default: all members, server: this one)", "",
       "json", "json"},
      {"DELETE config/delete", "Take a value out of it", "key strata", "json", ""},
      {"POST config/delete", "The same, for clients that cannot send a body with DELETE", "key strata", "json", ""},
      {"POST config/restart", "End this member's process and begin it anew", "", "", "json"},
      {"POST config/refresh", "Read the configuration again; remote execution policies can change so", "", "", "json"},

      {"GET scheduler/jobs", "Scheduled jobs of this member", "", "", "[Job]"},
      {"GET scheduler/server/{uuid}/jobs", "Scheduled jobs of a member", "", "", "[Job]"},
      {"PUT scheduler/takeover", "Take over schedules of a member, of all members, or of some jobs", "", "Takeover",
       "json"},
      {"GET scheduler/fires", "The ledger of scheduled fires", "server state from until offset max", "", "Fires"},
      {"GET project/{project}/fires", "Scheduled fires of a project", "server state from until offset max", "",
       "Fires"},
      {"GET job/{id}/fires", "Scheduled fires of a job", "server state from until offset max", "", "Fires"},

      {"GET system/info", "This member: version, address, mode, load", "", "", "SystemInfo"},
      {"GET system/config", "Every configuration key with its value and where it comes from; secrets are left out", "",
       "", "json"},
      {"GET system/executions/status", "May this member run executions?", "passiveAs503", "", "ExecutionMode"},
      {"POST system/executions/enable", "Let this member run executions", "", "", "ExecutionMode"},
      {"POST system/executions/disable", "Let this member start no more executions", "", "", "ExecutionMode"},
      {"POST system/executions/enable/later", "Let this member run executions after a while: value is 2h30m or 90 (s)",
       "", "json", "json"},
      {"POST system/executions/disable/later", "Let this member start no more executions after a while", "", "json",
       "json"},
      {"POST project/{project}/enable/later", "Switch executions or schedules of a project on after a while", "",
       "json", "json"},
      {"POST project/{project}/disable/later", "Switch executions or schedules of a project off after a while", "",
       "json", "json"},
      {"GET system/logstorage", "How many logs are stored, and how many wait for it", "", "", "LogStorage"},
      {"GET system/logstorage/incomplete", "Logs that are not stored yet, and why", "offset max", "", "json"},
      {"POST system/logstorage/incomplete/resume", "Try now to store what waits", "", "", "json"},

      {"GET metrics", "Where the metrics are", "", "", "json"},
      {"GET metrics/metrics", "Metrics of this member", "format", "", "Metrics text/plain"},
      {"GET metrics/ping", "Answers pong", "", "", "text/plain"},
      {"GET metrics/threads", "Threads of this member: name, state, processor time", "", "", "text/plain"},
      {"GET metrics/healthcheck", "Is this member well? 500 when it is not", "", "", "HealthChecks"},
      {"GET enterprise/license", "That no license is needed, in the shape of Rundeck's license", "", "", "json"},
      {"POST enterprise/license", "Takes a license file, and keeps nothing of it", "", "", "json"},
      {"GET openapi.json", "This document", "", "", "json"},
  };
  return kNotes;
}

}  // namespace qd::api
