#include "service/scm_import.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "scm/job_path.hpp"
#include "service/errors.hpp"
#include "service/scm_actions.hpp"

namespace qd::service {
namespace {

constexpr std::size_t kLargestImported = 4u << 20;
constexpr std::size_t kMostImported = 20'000;
constexpr std::size_t kMostFailuresTold = 20;  // failures in a message

const std::string kImportRows = "import";

}  // namespace

ScmJobName ScmImport::View::name_of(const std::string& uuid) const {
  const auto& job = jobs.at(uuid).stored.job;
  return {job.uuid, job.name, job.group};
}

const std::vector<std::string>& ScmImport::tracked_files() const {
  static const std::vector<std::string> kNone;
  return session_.config.tracked ? *session_.config.tracked : kNone;
}

// The files that jobs are imported from. Links and other repositories are none.
Result<std::vector<std::string>> ScmImport::files_of(const scm::Tree& tree) const {
  std::vector<std::string> files;
  if (!session_.settings.by_pattern) {
    for (const auto& path : tracked_files()) {
      const auto found = tree.find(path);
      if (found != tree.end() && found->second.plain) files.push_back(path);
    }
    return files;
  }
  const auto regex = model::Regex::compile(session_.settings.pattern);
  if (!regex) return fail(regex.error());
  for (const auto& [path, file] : tree) {
    if (file.plain && regex->matches(path)) files.push_back(path);
    if (files.size() > kMostImported)
      return fail(ErrorKind::too_large, "More than 20,000 files of the repository match " + session_.settings.pattern +
                                            ". Make the regular expression narrower.");
  }
  return files;
}

Result<> ScmImport::judge(Entry& entry, const View& view) {
  const auto& tree = *view.snapshot.tree;
  const auto file = tree.find(entry.path);
  const auto commit = session_.repository().last_commit(entry.path);
  if (!commit) return fail(commit.error());
  const bool tracked = !entry.row.job_uuid.empty() || view.job_at.contains(entry.path) ||
                       std::binary_search(view.files.begin(), view.files.end(), entry.path);
  if (!tracked || !*commit) {
    entry.state = scm_state::kUnknown;
    return {};
  }
  entry.state = scm_state::kImport;
  if (entry.row.job_uuid.empty()) {
    if (file == tree.end()) entry.state = scm_state::kUnknown;
    return {};
  }
  if (!entry.new_path.empty()) return {};
  if (file == tree.end()) {
    entry.state = scm_state::kDelete;
    return {};
  }
  if (entry.row.commit != (*commit)->id) return {};
  if (entry.row.revision == entry.stored.revision) {
    entry.state = scm_state::kClean;
    return {};
  }
  auto& verdict = session_.copy.verdicts[entry.row.job_uuid];
  if (verdict.revision != entry.stored.revision || verdict.compared_id != file->second.id) {
    const auto text = session_.repository().content(file->second.id, kLargestImported);
    if (!text) return fail(text.error());
    verdict = {entry.stored.revision, "", "", file->second.id,
               same_job(entry.stored.job, *text, session_.settings.format)};
  }
  if (verdict.same) entry.state = scm_state::kClean;
  return {};
}

// A file that went, and one that came and has the job's id in its name, are the same file.
void ScmImport::find_renamed(View& view) const {
  std::vector<std::string> fresh;
  for (const auto& path : view.files) {
    if (!view.job_at.contains(path)) fresh.push_back(path);
  }
  for (auto& [uuid, entry] : view.jobs) {
    if (entry.row.job_uuid.empty() || view.snapshot.tree->contains(entry.path)) continue;
    const auto& id = entry.row.source_uuid.empty() ? uuid : entry.row.source_uuid;
    const auto found =
        std::find_if(fresh.begin(), fresh.end(), [&](const auto& path) { return path.find(id) != std::string::npos; });
    if (found == fresh.end()) continue;
    entry.new_path = *found;
    view.job_at[*found] = uuid;
  }
}

Result<ScmImport::View> ScmImport::look() {
  View view;
  auto snapshot = session_.repository().snapshot();
  if (!snapshot) return fail(snapshot.error());
  view.snapshot = std::move(*snapshot);
  auto files = files_of(*view.snapshot.tree);
  if (!files) return fail(files.error());
  view.files = std::move(*files);
  std::sort(view.files.begin(), view.files.end());
  for (auto& stored : session_.jobs.list_full({.project = session_.project})) {
    const auto uuid = stored.job.uuid;
    view.jobs[uuid].stored = std::move(stored);
  }
  for (auto& row : session_.rows.list(session_.project, kImportRows)) {
    const auto job = view.jobs.find(row.job_uuid);
    if (job == view.jobs.end()) {
      session_.rows.remove(row.job_uuid, kImportRows);
      continue;
    }
    job->second.path = row.path;
    view.job_at[row.path] = row.job_uuid;
    job->second.row = std::move(row);
  }
  find_renamed(view);
  const auto& settings = session_.settings;
  for (auto& [uuid, entry] : view.jobs) {
    const auto& job = entry.stored.job;
    if (entry.row.job_uuid.empty())
      entry.path = scm::job_path(settings.path_template, settings.format_name,
                                 {job.uuid, "", job.name, job.group, session_.project});
    if (auto judged = judge(entry, view); !judged) return fail(judged.error());
  }
  return view;
}

Result<ScmImport::Entry> ScmImport::entry_of(const std::string& uuid) {
  auto view = look();
  if (!view) return fail(view.error());
  const auto found = view->jobs.find(uuid);
  if (found == view->jobs.end()) return no_such("Job ID", uuid);
  return std::move(found->second);
}

Result<ScmStatus> ScmImport::state_of(const View& view) {
  std::size_t changed = 0, renamed = 0, fresh = 0, deleted = 0;
  for (const auto& path : view.files) fresh += view.job_at.contains(path) ? 0 : 1;
  for (const auto& [uuid, entry] : view.jobs) {
    if (entry.row.job_uuid.empty()) continue;
    if (!entry.new_path.empty()) {
      ++renamed;
    } else if (entry.state == scm_state::kImport) {
      ++changed;
    } else if (entry.state == scm_state::kDelete) {
      ++deleted;
    }
  }
  const auto tracking = session_.repository().tracking();
  if (!tracking) return fail(tracking.error());
  const bool behind = tracking->behind > 0 && !(session_.settings.pulls && session_.settings.fetches);
  ScmStatus status;
  status.state = behind                          ? scm_state::kRefresh
                 : changed + renamed + fresh > 0 ? scm_state::kImport
                 : deleted > 0                   ? scm_state::kDelete
                                                 : scm_state::kClean;
  std::vector<std::string> told;
  const auto tell = [&](std::size_t count, const char* what) {
    if (count > 0) told.push_back(std::to_string(count) + what);
  };
  tell(behind ? tracking->behind : 0, " changes from remote need to be pulled");
  tell(changed, " file(s) need to be imported");
  tell(renamed, " file(s) were renamed");
  tell(fresh, " unimported file(s) found");
  tell(deleted, " tracked file(s) were deleted");
  status.message = base::join(told, ", ");
  using namespace scm_action;
  if (status.state == scm_state::kRefresh) status.actions.push_back(kPull);
  if (status.state != scm_state::kClean) status.actions.push_back(scm_action::kImport);
  if (!session_.settings.fetches) status.actions.push_back(kRemoteFetch);
  return status;
}

// Nothing is ever committed here: the local branch simply becomes the remote one, even where that was written anew.
Result<> ScmImport::take_over() {
  return session_.repository().follow();
}

Result<ScmStatus> ScmImport::status() {
  if (tracks_nothing()) return ScmStatus{"", "", {scm_action::kTrack}};
  if (session_.settings.fetches) {
    auto fetched = session_.fetch_unless_fresh();
    if (fetched && session_.settings.pulls) fetched = take_over();
    if (!fetched) return fail(ErrorKind::unavailable, "Fetch from the repository failed: " + fetched.error().message);
  }
  const auto view = look();
  if (!view) return fail(view.error());
  return state_of(*view);
}

Result<std::string> ScmImport::state_text() {
  const auto view = look();
  if (!view) return fail(view.error());
  return state_of(*view).map([](const ScmStatus& status) { return status.message; });
}

Result<std::vector<ScmImportItem>> ScmImport::items(const std::string& action) {
  const auto view = look();
  if (!view) return fail(view.error());
  std::vector<ScmImportItem> items;
  const auto add = [&](const std::string& path) {
    ScmImportItem item{path, std::nullopt, false, scm_state::kImport};
    if (const auto job = view->job_at.find(path); job != view->job_at.end()) {
      item.job = view->name_of(job->second);
      item.state = view->jobs.at(job->second).state;
    }
    items.push_back(std::move(item));
  };
  if (action == scm_action::kTrack) {
    if (!tracks_nothing()) {
      for (const auto& path : tracked_files()) add(path);
      return items;
    }
    for (const auto& [path, file] : *view->snapshot.tree) {
      if (file.plain && items.size() < kMostImported) add(path);
    }
    return items;
  }
  if (action != scm_action::kImport && action != scm_action::kImportAll) return items;
  for (const auto& [uuid, entry] : view->jobs) {
    if (entry.state == scm_state::kDelete) items.push_back({entry.path, view->name_of(uuid), true, entry.state});
  }
  for (const auto& path : view->files) add(path);
  return items;
}

Result<ScmJobState> ScmImport::job_state(const std::string& uuid) {
  const auto entry = entry_of(uuid);
  if (!entry) return fail(entry.error());
  return state_of_entry(*entry);
}

ScmJobState ScmImport::state_of_entry(const Entry& entry) {
  ScmJobState state{entry.stored.job.uuid, session_.project, entry.state, {}, std::nullopt};
  if (entry.state == scm_state::kImport || entry.state == scm_state::kDelete)
    state.actions.emplace_back(scm_action::kImport);
  if (entry.row.commit.empty()) return state;
  // Mostly the newest of its file; a history that was written anew may not have it any more.
  const auto newest = session_.repository().last_commit(entry.path);
  if (newest && *newest && (*newest)->id == entry.row.commit) {
    state.commit = *newest;
  } else if (auto commit = session_.repository().commit_facts(entry.row.commit)) {
    state.commit = std::move(*commit);
  }
  return state;
}

Result<ScmJobStates> ScmImport::job_states() {
  const auto view = look();
  if (!view) return fail(view.error());
  ScmJobStates states;
  for (const auto& [uuid, entry] : view->jobs) states[uuid] = state_of_entry(entry);
  return states;
}

Result<ScmJobDiff> ScmImport::job_diff(const std::string& uuid) {
  const auto entry = entry_of(uuid);
  if (!entry) return fail(entry.error());
  ScmJobDiff diff{state_of_entry(*entry), std::nullopt, std::nullopt};
  if (entry->state == scm_state::kUnknown) return diff;
  const auto& path = entry->new_path.empty() ? entry->path : entry->new_path;
  const auto there = session_.content_of(path, kLargestImported);
  if (!there) return fail(there.error());
  if (!*there) return diff;
  auto job = entry->stored.job;
  if (!entry->row.source_uuid.empty()) job.uuid = entry->row.source_uuid;
  if (session_.settings.uuid == ScmSettings::Uuid::remove) {
    const auto named = only_job_of(**there, session_.settings.format);
    job.uuid = named ? named->uuid : "";
  }
  auto content = session_.repository().diff(codec::encode_jobs({job}, session_.settings.format), **there);
  if (!content) return fail(content.error());
  diff.content = std::move(*content);
  auto incoming = session_.repository().last_commit(path);
  if (!incoming) return fail(incoming.error());
  diff.incoming = std::move(*incoming);
  return diff;
}

Result<ScmOutcome> ScmImport::perform(const std::string& action, const ScmActionRequest& request) {
  using namespace scm_action;
  if (action == scm_action::kImport || action == kImportAll) return import(request);
  if (action == kPull) return pull();
  if (action == kRemoteFetch) {
    const auto fetched = session_.fetch();
    return fetched ? ScmOutcome::done("") : ScmOutcome::failed(fetched.error().message);
  }
  if (session_.settings.by_pattern) return ScmOutcome::failed("Files are tracked by a regular expression here.");
  if (request.items.empty()) return ScmOutcome::failed("No files were selected");
  const auto snapshot = session_.repository().snapshot();
  if (!snapshot) return fail(snapshot.error());
  for (const auto& path : request.items) {
    const auto found = snapshot->tree->find(path);
    if (found == snapshot->tree->end() || !found->second.plain)
      return ScmOutcome::failed("There is no file '" + path + "' in the repository.");
  }
  return ScmOutcome::done("");
}

Result<ScmOutcome> ScmImport::pull() {
  auto done = session_.fetch();
  if (done) done = take_over();
  return done ? ScmOutcome::done("") : ScmOutcome::failed("Git Pull failed: " + done.error().message);
}

// One file becomes one job: the same way as a job file that somebody uploads, with the rights of who asks.
Result<> ScmImport::import_file(const View& view, const std::string& path) {
  const auto file = view.snapshot.tree->find(path);
  if (file->second.size > kLargestImported)
    return fail(ErrorKind::too_large, "The file is larger than 4 MiB; a job is smaller.");
  const auto text = session_.repository().content(file->second.id, kLargestImported);
  if (!text) return fail(text.error());
  auto job = only_job_of(*text, session_.settings.format);
  if (!job) return fail(job.error());
  const auto known = view.job_at.find(path);
  const std::string named = job->uuid;
  if (session_.settings.uuid != ScmSettings::Uuid::preserve || named.empty())
    job->uuid = known == view.job_at.end() ? "" : known->second;
  ImportRequest request;
  request.project = session_.project;
  request.text = codec::encode_jobs({*job}, codec::JobFormat::json);
  request.format = codec::JobFormat::json;
  request.on_duplicate = OnDuplicate::update;
  request.from_scm = true;
  const auto outcomes = jobs_.import(session_.who, request);
  if (!outcomes) return fail(outcomes.error());
  const auto& outcome = outcomes->front();
  if (outcome.status != ImportOutcome::Status::succeeded) return fail(ErrorKind::invalid, outcome.error);
  const auto commit = session_.repository().last_commit(path);
  if (!commit) return fail(commit.error());
  store::JobScm row;
  row.project = session_.project;
  row.job_uuid = outcome.uuid;
  row.integration = kImportRows;
  row.path = path;
  row.name = outcome.name;
  row.group = outcome.group;
  if (*commit) row.commit = (*commit)->id;
  if (session_.settings.uuid == ScmSettings::Uuid::other) row.source_uuid = named;
  row.url = session_.settings.url.text;
  row.revision = session_.jobs.revision(outcome.uuid).value_or(0);
  session_.rows.save(row);
  // The file was another job's before.
  if (known != view.job_at.end() && known->second != outcome.uuid) session_.rows.remove(known->second, kImportRows);
  return {};
}

Result<ScmOutcome> ScmImport::import(const ScmActionRequest& request) {
  const auto view = look();
  if (!view) return fail(view.error());
  std::set<std::string> chosen(request.items.begin(), request.items.end());
  std::set<std::string> gone(request.deleted_jobs.begin(), request.deleted_jobs.end());
  const std::set<std::string> jobs(request.jobs.begin(), request.jobs.end());
  for (const auto& [path, uuid] : view->job_at) {
    if (jobs.contains(uuid) && view->snapshot.tree->contains(path)) chosen.insert(path);
  }
  for (const auto& [uuid, entry] : view->jobs) {
    if (jobs.contains(uuid) && entry.state == scm_state::kDelete) gone.insert(uuid);
  }
  std::vector<std::string> failures;
  for (const auto& uuid : gone) {
    const auto entry = view->jobs.find(uuid);
    if (entry == view->jobs.end() || entry->second.state != scm_state::kDelete) {
      failures.push_back("Failed deleting job with id: " + uuid + ": the repository still has its file, or never had");
      continue;
    }
    const auto removed = jobs_.remove(session_.who, uuid, true);
    if (!removed) {
      failures.push_back("Failed deleting job with id: " + uuid + ": " + removed.error().message);
      continue;
    }
    session_.rows.remove(uuid, kImportRows);
  }
  for (const auto& path : chosen) {
    if (!std::binary_search(view->files.begin(), view->files.end(), path)) {
      failures.push_back("Failed importing: " + path + ": it is no file that jobs are imported from");
      continue;
    }
    if (const auto done = import_file(*view, path); !done)
      failures.push_back("Failed importing: " + path + ": " + done.error().message);
  }
  if (failures.empty()) return ScmOutcome::done("");
  const auto more = failures.size() > kMostFailuresTold ? failures.size() - kMostFailuresTold : 0;
  failures.resize(failures.size() - more);
  return ScmOutcome::failed("Git Import failed. " + base::join(failures, "; ") +
                            (more > 0 ? "; and " + std::to_string(more) + " more" : ""));
}

}  // namespace qd::service
