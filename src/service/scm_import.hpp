// An import at work: how the files of the repository stand against the project's jobs, and its actions.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/regex.hpp"
#include "service/jobs.hpp"
#include "service/scm_session.hpp"

namespace qd::service {

class ScmImport {
 public:
  ScmImport(const ScmSession& session, Jobs& jobs) : session_(session), jobs_(jobs) {}

  Result<ScmStatus> status();
  Result<std::string> state_text();
  Result<std::vector<ScmImportItem>> items(const std::string& action);
  Result<ScmJobState> job_state(const std::string& uuid);
  Result<ScmJobStates> job_states();
  Result<ScmJobDiff> job_diff(const std::string& uuid);
  // What is tracked from now on, for `initialize-tracking`, is for the caller to store.
  Result<ScmOutcome> perform(const std::string& action, const ScmActionRequest& request);

  bool tracks_nothing() const { return !session_.settings.by_pattern && tracked_files().empty(); }

 private:
  struct Entry {
    store::StoredJob stored;
    store::JobScm row;     // job_uuid "": the job was not imported from here
    std::string path;      // where its file is, or was
    std::string new_path;  // of a file that was renamed
    std::string state;
  };
  struct View {
    scm::Snapshot snapshot;
    std::vector<std::string> files;             // tracked ones, in order
    std::map<std::string, Entry> jobs;          // by uuid
    std::map<std::string, std::string> job_at;  // uuid by path
    ScmJobName name_of(const std::string& uuid) const;
  };

  const std::vector<std::string>& tracked_files() const;
  Result<View> look();
  Result<> judge(Entry& entry, const View& view);
  Result<std::vector<std::string>> files_of(const scm::Tree& tree) const;
  Result<ScmStatus> state_of(const View& view);
  void find_renamed(View& view) const;
  ScmJobState state_of_entry(const Entry& entry);
  Result<Entry> entry_of(const std::string& uuid);
  Result<> take_over();

  Result<ScmOutcome> import(const ScmActionRequest& request);
  Result<> import_file(const View& view, const std::string& path);
  Result<ScmOutcome> pull();

  const ScmSession& session_;
  Jobs& jobs_;
};

}  // namespace qd::service
