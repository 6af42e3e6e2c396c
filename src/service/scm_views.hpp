// What the use cases of SCM take and give.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "service/scm_settings.hpp"

#include "scm/repository.hpp"

namespace qd::service {

namespace scm_state {
inline constexpr const char* kClean = "CLEAN";
inline constexpr const char* kUnknown = "UNKNOWN";
inline constexpr const char* kRefresh = "REFRESH_NEEDED";
inline constexpr const char* kExport = "EXPORT_NEEDED";
inline constexpr const char* kCreate = "CREATE_NEEDED";
inline constexpr const char* kImport = "IMPORT_NEEDED";
inline constexpr const char* kDelete = "DELETE_NEEDED";
}  // namespace scm_state

struct ScmPluginView {
  std::string type, title, description;
  bool configured = false, enabled = false;
};

// What became of a setup or an action.
struct ScmOutcome {
  bool success = false;
  std::string message;
  std::string next_action;  // "": none
  ScmFlaws flaws;           // by field

  static ScmOutcome done(std::string message, std::string next = {}) {
    return {true, std::move(message), std::move(next), {}};
  }
  static ScmOutcome failed(std::string message, ScmFlaws flaws = {}) {
    return {false, std::move(message), {}, std::move(flaws)};
  }
};

struct ScmStatus {
  std::string state;    // "": nothing is tracked yet
  std::string message;  // "": none
  std::vector<std::string> actions;
};

// How an integration stands, for pages that ask whether there is one at all.
struct ScmSummary {
  bool configured = false, enabled = false;
  std::optional<ScmStatus> status;  // of an enabled one that answers
  std::string flaw;                 // why an enabled one does not
};

struct ScmJobName {
  std::string uuid, name, group;
};

// Of an export: a job whose file is not as the job is, or a file whose job is gone.
struct ScmExportItem {
  std::string path;
  ScmJobName job;
  std::string original_path;  // of a job that has another path now
  bool deleted = false;
  std::string state;  // "" of deleted ones
};

// Of an import: a file that jobs are imported from, or a job whose file is gone.
struct ScmImportItem {
  std::string path;
  std::optional<ScmJobName> job;
  bool deleted = false;
  std::string state;
};

struct ScmActionForm {
  std::string id, title, description;
  std::vector<plugin::Property> fields;
  std::vector<ScmExportItem> exports;
  std::vector<ScmImportItem> imports;
};

struct ScmActionRequest {
  ScmValues input;
  std::vector<std::string> jobs, items, deleted, deleted_jobs;
};

struct ScmJobState {
  std::string uuid, project;
  std::string state;  // "": there is no answer to it
  std::vector<std::string> actions;
  std::optional<scm::CommitFacts> commit;
};

struct ScmJobDiff {
  ScmJobState state;
  std::optional<std::string> content;  // nothing: one of the sides is not there
  std::optional<scm::CommitFacts> incoming;
};

}  // namespace qd::service
