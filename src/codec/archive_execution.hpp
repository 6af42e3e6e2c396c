// An execution as a project archive holds it: executions/execution-ID.xml and reports/report-ID.xml, in the peer's
// shape. Its log and its state lie beside it, as executions/output-ID.rdlog and executions/state-ID.state.json.
//
//   <executions><execution id="12"><jobId/><dateStarted/><dateCompleted/><status/><outputfilepath/>…<workflow/>
//   </execution></executions>
//
// Dates are UTC, whole seconds. Source: what the peer's ProjectService writes and reads.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "model/execution.hpp"

namespace qd::codec {

// `job` is what ran, null when that is not known any more; `log` the name of the log's file, "" without one.
std::string encode_archived_execution(const model::Execution& execution, const model::Job* job, const std::string& log);

struct ArchivedExecution {
  // Without id, project and log path. Job and links are those of the archive. What had not ended is aborted, by
  // "system", at `now`. The workflow stands in `ad_hoc`, of jobs' executions too.
  model::Execution execution;
  std::string log;             // name of its file, "" without one
  model::ExecutionId id = 0;   // in the archive; 0 when it tells none
  bool was_running = false;    // it had not ended
  bool log_elsewhere = false;  // it stayed in the log store of where it came from
};

// Executions of one file. Errors name what is wrong with it. The text may come from anywhere: a document type is
// refused, and nothing is expanded.
Result<std::vector<ArchivedExecution>> decode_archived_executions(std::string_view xml, UnixMillis now);

// The line of the history that tells of an execution.
std::string encode_archived_report(const model::Execution& execution);
// What a report adds to an execution: how its job was called.
struct ArchivedReport {
  model::ExecutionId execution = 0;
  std::string job_path;  // "group/name"; "" for ad-hoc ones
};
Result<ArchivedReport> decode_archived_report(std::string_view xml);

}  // namespace qd::codec
