// Notes on what goes in and out of a project: archives, repositories and webhooks.
#include "api/reference.hpp"

namespace qd::api {
namespace {

constexpr const char* kExportQuery =
    "executionIds exportAll exportJobs exportExecutions exportConfigs exportReadmes exportAcls exportScm "
    "exportWebhooks "
    "whkIncludeAuthTokens whkRegenUuid";

}  // namespace

std::span<const RouteNote> exchange_notes() {
  static constexpr RouteNote kNotes[] = {
      {"GET project/{project}/export", "The project as an archive; without a flag, all of it", kExportQuery, "",
       "application/zip"},
      {"POST project/{project}/export", "The same, with a body for long lists of executions", kExportQuery, "json",
       "application/zip"},
      {"GET project/{project}/export/async", "Make an archive in the background", kExportQuery, "", "json"},
      {"POST project/{project}/export/async", "The same, with a body for long lists of executions", kExportQuery,
       "json", "json"},
      {"GET project/{project}/export/status/{token}", "How far an archive is", "", "", "json"},
      {"GET project/{project}/export/download/{token}", "An archive that is ready", "", "", "application/zip"},
      {"PUT project/{project}/import", "Take over an archive",
       "jobUuidOption importExecutions importConfig importNodesSources importACL importScm importWebhooks "
       "whkRegenAuthTokens whkRegenUuid validateJobref asyncImport",
       "application/zip", "json"},
      {"GET project/{project}/import/status", "How far an import in the background is", "", "", "json"},

      {"GET project/{project}/scm/{integration}/plugins", "Plugins for git repositories of jobs", "", "", "json"},
      {"GET project/{project}/scm/{integration}/plugin/{type}/input", "Settings of a plugin", "", "", "json"},
      {"POST project/{project}/scm/{integration}/plugin/{type}/setup", "Configure a plugin and enable it", "", "json",
       "json"},
      {"POST project/{project}/scm/{integration}/plugin/{type}/enable", "Enable a plugin that is configured", "", "",
       "json"},
      {"POST project/{project}/scm/{integration}/plugin/{type}/disable", "Disable a plugin", "", "", "json"},
      {"POST project/{project}/scm/toggle", "Enable or disable what is configured", "", "json", "json"},
      {"GET project/{project}/scm/{integration}/config", "Configuration of an integration", "", "", "json"},
      {"GET project/{project}/scm/{integration}/status", "State of an integration, and the actions that it offers", "",
       "", "json"},
      {"GET project/{project}/scm/{integration}/action/{action}/input", "Fields and items of an action", "", "",
       "json"},
      {"POST project/{project}/scm/{integration}/action/{action}", "Perform an action on jobs and files", "", "json",
       "json"},
      {"GET job/{id}/scm/{integration}/status", "State of a job in an integration", "", "", "json"},
      {"GET job/{id}/scm/{integration}/diff", "A job against its file in the repository", "", "", "json"},
      {"GET job/{id}/scm/{integration}/action/{action}/input", "Fields and items of an action on one job", "", "",
       "json"},
      {"POST job/{id}/scm/{integration}/action/{action}", "Perform an action on one job", "", "json", "json"},

      {"GET project/{project}/webhooks", "Webhooks of the project, with their URLs' tokens", "", "", "json"},
      {"POST project/{project}/webhook", "Make a webhook", "", "json", "json"},
      {"GET project/{project}/webhook/{id}", "A webhook", "", "", "json"},
      {"POST project/{project}/webhook/{id}", "Change what is given of a webhook", "", "json", "json"},
      {"DELETE project/{project}/webhook/{id}", "Remove a webhook", "", "", "json"},
      {"GET project/{project}/webhook/{id}/deliveries", "What was posted to a webhook, and what became of it", "", "",
       "json"},
      {"GET enterprise/project/{project}/webhooks/{id}/debug-events", "The same in the peer's shape", "", "", "json"},
      {"POST webhook/{token}", "Post an event; the token is the login", "", "json text/plain", "json"},
  };
  return kNotes;
}

}  // namespace qd::api
