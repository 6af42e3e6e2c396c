// Notes on what goes in and out of a project: archives and webhooks.
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
