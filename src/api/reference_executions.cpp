// Notes on executions, their output and what came of them.
#include "api/reference.hpp"

namespace qd::api {

#define QD_EXECUTION_QUERY                                                                                         \
  "statusFilter userFilter abortedbyFilter jobIdListFilter jobIdFilter excludeJobIdListFilter jobListFilter "      \
  "excludeJobListFilter groupPath groupPathExact excludeGroupPath excludeGroupPathExact jobFilter jobExactFilter " \
  "excludeJobFilter excludeJobExactFilter executionTypeFilter adhoc recentFilter olderFilter begin end "

std::span<const RouteNote> execution_notes() {
  static constexpr RouteNote kNotes[] = {
      {"GET project/{project}/executions", "Executions of a project, the newest first", QD_EXECUTION_QUERY "offset max",
       "", "Executions"},
      {"GET project/{project}/executions/running", "Executions that are not over; project `*` means all",
       QD_EXECUTION_QUERY "offset max", "", "Executions"},
      {"GET project/{project}/executions/metrics", "How many executions ended how, and how long they took",
       QD_EXECUTION_QUERY, "", "ExecutionMetrics"},
      {"GET executions/metrics", "The same, of all projects", QD_EXECUTION_QUERY, "", "ExecutionMetrics"},
      {"GET job/{id}/executions", "Executions of a job, the newest first", "status offset max", "", "Executions"},
      {"DELETE job/{id}/executions", "Remove the executions of a job", "", "", "ExecutionRemoval"},
      {"GET execution/{id}", "An execution", "", "", "Execution"},
      {"GET execution/{id}/state", "State of every step on every node", "", "", "ExecutionState"},
      {"GET execution/{id}/result/data", "The JSON document that its job left behind", "wait", "", "json"},
      {"GET execution/{id}/result/dataAvailable", "Is there such a document? 404 when not", "", "", "json"},
      {"GET execution/{id}/workflow", "The steps that an execution runs", "", "", "json"},
      {"GET execution/{id}/abort", "End an execution", "asUser forceIncomplete", "", "Abort"},
      {"POST execution/{id}/abort", "End an execution", "asUser forceIncomplete", "", "Abort"},
      {"DELETE execution/{id}", "Remove an execution that is over", "", "", ""},
      {"POST executions/delete", "Remove some executions that are over", "ids", "json", "ExecutionRemoval"},
      {"GET execution/{id}/input/files", "Files that were given to an execution", "", "", "ExecutionFiles"},
      {"GET execution/{id}/notifications", "Notifications of an execution, and what became of them", "", "",
       "Notifications"},

      {"GET execution/{id}/output", "Lines of output from an offset on",
       "format offset lastmod lastlines maxlines compacted", "", "Output text/plain"},
      {"GET execution/{id}/output.json", "The same, as JSON", "offset lastmod lastlines maxlines compacted", "",
       "Output"},
      {"GET execution/{id}/output.text", "The same, as text", "offset lastmod lastlines maxlines", "", "text/plain"},
      {"GET execution/{id}/output/state", "Output, with the changes of state between its lines",
       "format offset lastmod lastlines maxlines compacted stateOnly", "", "Output text/plain"},
      {"GET execution/{id}/output/node/{node}", "Output of one node",
       "format offset lastmod lastlines maxlines compacted", "", "Output text/plain"},
      {"GET execution/{id}/output/node/{node}/step/{stepctx*}", "Output of one step on one node",
       "format offset lastmod lastlines maxlines compacted", "", "Output text/plain"},
      {"GET execution/{id}/output/step/{stepctx*}", "Output of one step",
       "format offset lastmod lastlines maxlines compacted", "", "Output text/plain"},
      {"GET execution/{id}/output/search", "Lines of an execution that hold a text",
       "query regex ignoreCase node stepctx offset max", "", "OutputMatches"},
      {"GET project/{project}/output/search", "Executions of a project whose output holds a text",
       QD_EXECUTION_QUERY "query regex ignoreCase node stepctx offset max", "", "OutputSearch"},
      {"GET execution/{id}/events", "Output and states of an execution as they come, as server-sent events",
       "node step stateEvents states offset lastlines", "", "text/event-stream"},
      {"GET project/{project}/history", "What happened in a project: one event for each execution that is over",
       QD_EXECUTION_QUERY "statFilter reportIdFilter offset max", "", "History"},
  };
  return kNotes;
}

#undef QD_EXECUTION_QUERY

}  // namespace qd::api
