// Notes on jobs: their definitions, running them, their options and files.
#include "api/reference.hpp"

namespace qd::api {

std::span<const RouteNote> job_notes() {
  static constexpr RouteNote kNotes[] = {
      {"GET project/{project}/jobs", "Jobs of the project that the user may see",
       "idlist jobFilter jobExactFilter groupPath groupPathExact scheduledFilter serverNodeUUIDFilter tags offset max",
       "", "[Job]"},
      {"GET project/{project}/jobs/export", "Definitions of jobs, as files hold them",
       "format idlist jobFilter jobExactFilter groupPath groupPathExact scheduledFilter", "",
       "json text/yaml text/xml"},
      {"POST project/{project}/jobs/import", "Make or change jobs from their definitions",
       "format fileformat dupeOption uuidOption validateJobref xmlBatch", "application/json text/yaml text/xml",
       "JobImport"},
      {"GET project/{project}/jobs/glance", "Next fire and last execution of some jobs", "idlist", "", "json"},
      {"POST project/{project}/jobs/validateSchedule", "Is a schedule right, and when would it fire?", "max", "json",
       "ScheduleCheck"},
      {"POST project/{project}/jobs/validateOption", "Is the definition of an option right?", "jobWasScheduled", "json",
       "OptionCheck"},
      {"GET job/{id}", "Definition of a job, as a file holds it", "format", "", "json text/yaml text/xml"},
      {"PUT job/{id}", "Save a definition; a revision (or If-Match) that is not the newest is refused",
       "format revision", "application/json text/yaml text/xml", "json"},
      {"DELETE job/{id}", "Remove a job", "", "", ""},
      {"GET job/{id}/info", "What a job is called, and when it runs", "", "", "Job"},
      {"GET job/{id}/workflow", "Steps of a job, with those of the jobs that it calls", "", "", "json"},
      {"GET job/{id}/meta", "Facts about a job by name", "meta metaExclude", "", "json"},
      {"GET project/{project}/jobs/browse", "Jobs and groups of one level of the tree",
       "path meta metaExclude breakpoint idlist jobFilter jobExactFilter max", "", "Level"},
      {"POST project/{project}/jobs/browse", "The same, with filters in the body",
       "path meta metaExclude breakpoint idlist jobFilter jobExactFilter max", "json", "Level"},
      {"GET project/{project}/jobTags/query", "Tags of jobs, and how many have them",
       "idlist jobFilter jobExactFilter groupPath groupPathExact", "", "json"},
      {"GET job/{id}/tags", "Tags of a job", "", "", "json"},
      {"GET job/{id}/input", "What the form asks that runs the job", "", "", "JobInput"},
      {"GET job/{id}/revisions", "Revisions of a definition: who saved it when", "", "", "json"},
      {"GET job/{id}/revision/{revision}", "One revision of a definition", "format", "", "json text/yaml text/xml"},
      {"GET job/{id}/forecast", "When the job will run, or would have run", "time past max", "", "Forecast"},
      {"POST job/{id}/execution/enable", "Let the job be run", "", "", "Success"},
      {"POST job/{id}/execution/disable", "Let nobody run the job", "", "", "Success"},
      {"POST job/{id}/schedule/enable", "Let the job's schedule fire", "", "", "Success"},
      {"POST job/{id}/schedule/disable", "Let the job's schedule rest", "", "", "Success"},

      {"DELETE jobs/delete", "Remove some jobs", "ids idlist", "JobIds", "BulkOutcome"},
      {"POST jobs/delete", "Remove some jobs", "ids idlist", "JobIds", "BulkOutcome"},
      {"POST jobs/execution/enable", "Let some jobs be run", "ids idlist", "JobIds", "BulkOutcome"},
      {"POST jobs/execution/disable", "Let nobody run some jobs", "ids idlist", "JobIds", "BulkOutcome"},
      {"POST jobs/schedule/enable", "Let the schedules of some jobs fire", "ids idlist", "JobIds", "BulkOutcome"},
      {"POST jobs/schedule/disable", "Let the schedules of some jobs rest", "ids idlist", "JobIds", "BulkOutcome"},

      {"POST job/{id}/run", "Run a job; option.NAME parameters give options",
       "argString loglevel asUser filter runAtTime", "JobRun", "Execution"},
      {"POST job/{id}/executions", "Run a job; the same as …/run", "argString loglevel asUser filter runAtTime",
       "JobRun", "Execution"},
      {"POST job/{id}/retry/{execution}", "Run a job again with the options of an execution",
       "argString loglevel asUser failedNodes", "JobRun", "Execution"},
      {"GET job/{id}/option/{option}/values", "Values that an option offers, given those of others", "", "",
       "OptionValues"},
      {"POST job/{id}/option/{option}/values", "The same, with values of other options in the body", "", "json",
       "OptionValues"},
      {"POST job/{id}/input/file", "Upload a file for an option; several as multipart parts option.NAME",
       "optionName fileName", "application/octet-stream multipart/form-data", "UploadKeys"},
      {"POST job/{id}/input/file/{option}", "Upload a file for an option", "fileName", "application/octet-stream",
       "UploadKeys"},
      {"GET job/{id}/input/files", "Files that were uploaded for a job", "fileState offset max", "", "Uploads"},
      {"GET jobs/file/{key}", "What is known of an uploaded file", "", "", "Upload"},

      {"GET project/{project}/run/command", "Run a command on nodes",
       "exec filter nodeThreadcount nodeKeepgoing asUser", "", "AdHocRun"},
      {"POST project/{project}/run/command", "Run a command on nodes",
       "exec filter nodeThreadcount nodeKeepgoing asUser", "AdHocCommand", "AdHocRun"},
      {"POST project/{project}/run/script", "Run a script on nodes",
       "filter nodeThreadcount nodeKeepgoing asUser argString scriptInterpreter interpreterArgsQuoted fileExtension",
       "AdHocScript multipart/form-data", "AdHocRun"},
      {"GET project/{project}/run/url", "Fetch a script and run it on nodes",
       "scriptURL filter nodeThreadcount nodeKeepgoing asUser argString scriptInterpreter interpreterArgsQuoted "
       "fileExtension",
       "", "AdHocRun"},
      {"POST project/{project}/run/url", "Fetch a script and run it on nodes",
       "scriptURL filter nodeThreadcount nodeKeepgoing asUser argString scriptInterpreter interpreterArgsQuoted "
       "fileExtension",
       "AdHocUrl", "AdHocRun"},
  };
  return kNotes;
}

}  // namespace qd::api
