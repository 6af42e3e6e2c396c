// Parameters of the query, each described once.
#include "api/reference.hpp"

namespace qd::api {

std::span<const QueryNote> query_notes() {
  static constexpr QueryNote kNotes[] = {
      // Of lists.
      {"offset", "integer", "How much is skipped; of output: the byte from which on it is read"},
      {"max", "integer", "How much is listed at most"},
      {"format", "string", "xml, yaml or json, where the answer can be several; it wins over Accept"},
      {"from", "string", "Not before this time: ISO 8601, or milliseconds since 1970"},
      {"until", "string", "Before this time"},
      {"to", "string", "Before this time"},
      {"before", "integer", "Before the event with this number"},

      // Jobs.
      {"idlist", "string", "Ids of jobs, separated by commas"},
      {"ids", "string", "Ids, separated by commas"},
      {"jobFilter", "string", "Part of a job's name"},
      {"jobExactFilter", "string", "A job's name"},
      {"groupPath", "string", "A group, with those below it; `-` for jobs without a group"},
      {"groupPathExact", "string", "A group, without those below it; `-` for jobs without a group"},
      {"scheduledFilter", "boolean", "Jobs with a schedule, or without"},
      {"serverNodeUUIDFilter", "string", "The member that owns a schedule"},
      {"tags", "string", "Tags"},
      {"fileformat", "string", "xml, yaml or json: the format of xmlBatch"},
      {"xmlBatch", "string", "Definitions of jobs, when a form brings them"},
      {"dupeOption", "string", "What becomes of a job that is there already: skip, create or update"},
      {"uuidOption", "string", "preserve, or remove: ids of the file are not taken"},
      {"validateJobref", "boolean", "Is a reference to a job that is not there an error?"},
      {"revision", "integer", "The revision that was edited"},
      {"meta", "string", "Names of facts, separated by commas; `*` for all"},
      {"metaExclude", "string", "Names that are left out of `*`"},
      {"breakpoint", "integer", "From so many results on they come without facts"},
      {"actions", "string", "An action; may be given several times"},
      {"time", "string", "How far: a whole number and one of s, n (minutes), h, d, w, m, y"},
      {"past", "boolean", "Backwards instead of forwards"},
      {"jobWasScheduled", "boolean", "Has the job a schedule?"},

      {"path", "string", "Group whose jobs and groups are wanted; the root when absent"},

      // Configuration and results.
      {"key", "string", "Key of the configuration"},
      {"strata", "string", "default: of all members; server: of the one that is asked"},
      {"wait", "boolean", "Taken, and not needed: the document is there once the execution has ended"},

      // Archives and webhooks.
      {"executionIds", "string", "Ids of executions; only these are exported"},
      {"exportAll", "boolean", "Everything"},
      {"exportJobs", "boolean", "Jobs"},
      {"exportExecutions", "boolean", "Executions with their logs"},
      {"exportConfigs", "boolean", "Configuration"},
      {"exportReadmes", "boolean", "Readme and message of the day"},
      {"exportAcls", "boolean", "Policies, with the right to them"},
      {"exportScm", "boolean", "SCM configuration, with the right to configure"},
      {"exportWebhooks", "boolean", "Webhooks"},
      {"whkIncludeAuthTokens", "boolean", "Webhooks with the tokens of their URLs"},
      {"whkRegenUuid", "boolean", "Webhooks with new uuids"},
      {"whkRegenAuthTokens", "boolean", "New tokens even where the archive has some"},
      {"jobUuidOption", "string", "preserve, or remove: ids of the archive's jobs are not taken"},
      {"importExecutions", "boolean", "Executions; true when absent"},
      {"importConfig", "boolean", "Configuration"},
      {"importNodesSources", "boolean", "Sources of nodes"},
      {"importACL", "boolean", "Policies"},
      {"importScm", "boolean", "SCM configuration, where the project has none"},
      {"importWebhooks", "boolean", "Webhooks"},
      {"asyncImport", "boolean", "Go on in the background"},

      // Runs.
      {"argString", "string", "Options as `-name value`; of scripts: their arguments"},
      {"loglevel", "string", "NORMAL or DEBUG"},
      {"asUser", "string", "For whom it is done; needs the right to"},
      {"filter", "string", "Node filter"},
      {"runAtTime", "string", "When, as ISO 8601"},
      {"failedNodes", "boolean", "Only on the nodes that failed"},
      {"exec", "string", "The command"},
      {"scriptURL", "string", "Where the script is"},
      {"nodeThreadcount", "integer", "On how many nodes at once"},
      {"nodeKeepgoing", "boolean", "Go on when a node failed?"},
      {"scriptInterpreter", "string", "What runs the script: `sudo -u x bash`"},
      {"interpreterArgsQuoted", "boolean", "Are script and arguments one argument of the interpreter?"},
      {"fileExtension", "string", "Extension of the script's file on the nodes"},
      {"optionName", "string", "The option that the file is for"},
      {"fileName", "string", "Name of the file"},
      {"fileState", "string", "temp, deleted, expired or retained"},
      {"forceIncomplete", "boolean", "Mark it incomplete when nobody runs it any more"},

      // Executions.
      {"statusFilter", "string", "Statuses, separated by commas: running, succeeded, failed, aborted, …"},
      {"status", "string", "A status: running, succeeded, failed, aborted, …"},
      {"statFilter", "string", "succeed, fail or cancel"},
      {"reportIdFilter", "string", "Part of a job's name"},
      {"userFilter", "string", "Who ran it"},
      {"abortedbyFilter", "string", "Who ended it"},
      {"jobIdListFilter", "array", "Ids of jobs, one parameter each"},
      {"jobIdFilter", "string", "Id of a job"},
      {"excludeJobIdListFilter", "array", "Ids of jobs to leave out"},
      {"jobListFilter", "array", "Jobs as group/name, one parameter each"},
      {"excludeJobListFilter", "array", "Jobs to leave out, as group/name"},
      {"excludeGroupPath", "string", "A group to leave out, with those below it"},
      {"excludeGroupPathExact", "string", "A group to leave out, without those below it"},
      {"excludeJobFilter", "string", "Part of the names of jobs to leave out"},
      {"excludeJobExactFilter", "string", "Name of jobs to leave out"},
      {"executionTypeFilter", "string", "user, scheduled or user-scheduled"},
      {"adhoc", "boolean", "Executions of commands and scripts, or of jobs"},
      {"recentFilter", "string", "Ended within this time: a whole number and one of s, n, h, d, w, m, y"},
      {"olderFilter", "string", "Ended before this time, written as recentFilter"},
      {"begin", "string", "Ended after this time: ISO 8601, or milliseconds since 1970"},
      {"end", "string", "Ended before this time"},

      // Output.
      {"lastmod", "integer", "Nothing is read when the output has not changed since (milliseconds since 1970)"},
      {"lastlines", "integer", "Only so many last lines; offset does not count then"},
      {"maxlines", "integer", "At most so many lines"},
      {"compacted", "boolean", "Leave out what is as in the line before"},
      {"stateOnly", "boolean", "Only changes of state"},
      {"stateEvents", "boolean", "Changes of state as events between the lines"},
      {"states", "boolean", "Events with the state of the whole execution"},
      {"node", "string", "Of this node"},
      {"step", "string", "Of this step: 1, or 2/1 within a job reference"},
      {"stepctx", "string", "Of this step: 1, or 2/1 within a job reference"},
      {"query", "string", "The text to find"},
      {"regex", "boolean", "Is it a regular expression?"},
      {"ignoreCase", "boolean", "Are upper and lower case the same?"},

      // Nodes.
      {"hostname", "string", "Host name of nodes"},
      {"name", "string", "Name of nodes; of a policy: its name"},
      {"os-name", "string", "Operating system of nodes"},
      {"os-family", "string", "Family of their operating system: unix, windows"},
      {"os-arch", "string", "Their architecture"},
      {"os-version", "string", "Version of their operating system"},
      {"exclude-hostname", "string", "Host name of nodes to leave out"},
      {"exclude-tags", "string", "Tags of nodes to leave out"},
      {"exclude-name", "string", "Name of nodes to leave out"},
      {"exclude-os-name", "string", "Operating system of nodes to leave out"},
      {"exclude-os-family", "string", "Family of operating systems of nodes to leave out"},
      {"exclude-os-arch", "string", "Architecture of nodes to leave out"},
      {"exclude-os-version", "string", "Version of operating systems of nodes to leave out"},
      {"exclude-precedence", "boolean", "Does leaving out win over taking in? true when absent"},

      // The cluster and the member.
      {"uuid", "string", "The member"},
      {"kind", "string", "Kind of events: dead, takeover, recovery, …"},
      {"member", "string", "Events by or about the member with this uuid"},
      {"server", "string", "Fires that the member with this uuid ran"},
      {"state", "string", "fired, late, missed or skipped"},
      {"passiveAs503", "boolean", "Answer 503 when the member is passive"},

      // Who may do what.
      {"project", "string", "The project"},
      {"user", "string", "The user"},
      {"action", "string", "What was done: login_success, project_create, …"},
      {"resourceType", "string", "What it was done to: user, project, job, …"},
      {"resourceName", "string", "Name of what it was done to"},
      {"address", "string", "Address from which it was done"},
  };
  return kNotes;
}

}  // namespace qd::api
