// An export at work: how the project's jobs stand against the files of the repository, and its actions.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "service/scm_session.hpp"

namespace qd::service {

class ScmExport {
 public:
  ScmExport(const ScmSession& session, scm::Person by) : session_(session), by_(std::move(by)) {}

  Result<ScmStatus> status();
  Result<std::vector<ScmExportItem>> items();  // what is not as it should be
  Result<std::string> state_text();            // the status in words, without asking the remote
  Result<ScmJobState> job_state(const std::string& uuid);
  Result<ScmJobStates> job_states();
  Result<ScmJobDiff> job_diff(const std::string& uuid);
  // Committer names that the configuration leaves empty are an outcome with flaws.
  Result<ScmOutcome> perform(const std::string& action, const ScmActionRequest& request);

 private:
  struct Entry {
    store::StoredJob stored;
    std::string path, original_path, source_uuid, state;
    std::string flaw;  // why it cannot be written
  };
  struct View {
    scm::Snapshot snapshot;
    std::vector<Entry> jobs;
    std::vector<store::JobScm> deleted;  // rows of jobs that are gone while their files are there
    bool clean() const;
  };

  Result<> catch_up(std::chrono::milliseconds age);
  Result<View> look();
  Result<View> look_at(std::vector<store::StoredJob> jobs);
  Result<> judge(Entry& entry, const View& view, const store::JobScm* row);
  Result<bool> says_the_same(const Entry& entry, const std::string& file_id);
  std::string text_of(const Entry& entry) const;
  void remember(const Entry& entry, const std::string& commit);
  Result<ScmStatus> state_of(const View& view);
  Result<Entry> entry_of(const std::string& uuid);
  Result<Entry> fresh_entry_of(const std::string& uuid);  // of a cluster: with what others pushed
  Result<ScmJobState> state_of_entry(const Entry& entry);

  Result<ScmOutcome> commit(const ScmActionRequest& request);
  Result<ScmOutcome> tag(const ScmActionRequest& request, bool may_exist);
  Result<ScmOutcome> push(const ScmActionRequest& request);
  Result<ScmOutcome> synch(const ScmActionRequest& request);
  ScmOutcome missing_person() const;

  const ScmSession& session_;
  const scm::Person by_;
};

}  // namespace qd::service
