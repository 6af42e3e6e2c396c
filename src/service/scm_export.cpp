#include "service/scm_export.hpp"

#include <algorithm>
#include <set>

#include "scm/job_path.hpp"
#include "service/errors.hpp"
#include "service/scm_actions.hpp"

namespace qd::service {
namespace {

constexpr std::size_t kLargestExported = 4u << 20;

constexpr std::chrono::seconds kFreshEnough{10};

const std::string kExportRows = "export";

}  // namespace

bool ScmExport::View::clean() const {
  return deleted.empty() &&
         std::all_of(jobs.begin(), jobs.end(), [](const Entry& one) { return one.state == scm_state::kClean; });
}

// The job's file as it would be written.
std::string ScmExport::text_of(const Entry& entry) const {
  auto job = entry.stored.job;
  using Uuid = ScmSettings::Uuid;
  if (session_.settings.uuid == Uuid::remove) job.uuid.clear();
  if (session_.settings.uuid == Uuid::other && !entry.source_uuid.empty()) job.uuid = entry.source_uuid;
  return codec::encode_jobs({job}, session_.settings.format);
}

void ScmExport::remember(const Entry& entry, const std::string& commit) {
  const auto& job = entry.stored.job;
  session_.rows.save({session_.project, job.uuid, kExportRows, entry.path, job.name, job.group, commit,
                      entry.source_uuid, session_.settings.url.text, entry.stored.revision});
}

// Other tools write the same job in other words; what counts is whether it is the same job.
Result<bool> ScmExport::says_the_same(const Entry& entry, const std::string& file_id) {
  auto& verdict = session_.copy.verdicts[entry.stored.job.uuid];
  if (verdict.compared_id == file_id) return verdict.same;
  const auto file = session_.repository().content(file_id, kLargestExported);
  if (!file) {
    if (file.error().kind != ErrorKind::too_large) return fail(file.error());
    verdict.same = false;
  } else {
    const auto there = only_job_of(*file, session_.settings.format);
    const auto here = only_job_of(text_of(entry), session_.settings.format);
    verdict.same = there && here && *there == *here;
  }
  verdict.compared_id = file_id;
  return verdict.same;
}

Result<> ScmExport::judge(Entry& entry, const View& view, const store::JobScm* row) {
  const auto& job = entry.stored.job;
  const auto& settings = session_.settings;
  entry.path = scm::job_path(settings.path_template, settings.format_name,
                             {job.uuid, entry.source_uuid, job.name, job.group, session_.project});
  entry.state = scm_state::kCreate;
  if (const auto fine = scm::check_path(entry.path); !fine) {
    entry.flaw = fine.error().message;
    return {};
  }
  const auto& tree = *view.snapshot.tree;
  if (row != nullptr && row->path != entry.path && tree.contains(row->path)) {
    entry.original_path = row->path;
    entry.state = scm_state::kExport;
    return {};
  }
  const auto file = tree.find(entry.path);
  if (file == tree.end()) return {};
  auto& verdict = session_.copy.verdicts[job.uuid];
  if (verdict.revision != entry.stored.revision || verdict.source_uuid != entry.source_uuid) {
    verdict = {entry.stored.revision, entry.source_uuid, session_.repository().id_of(text_of(entry)), "", false};
  }
  bool same = verdict.file_id == file->second.id;
  if (!same) {
    const auto said = says_the_same(entry, file->second.id);
    if (!said) return fail(said.error());
    same = *said;
  }
  entry.state = same ? scm_state::kClean : scm_state::kExport;
  return {};
}

Result<ScmExport::View> ScmExport::look_at(std::vector<store::StoredJob> jobs) {
  View view;
  auto snapshot = session_.repository().snapshot();
  if (!snapshot) return fail(snapshot.error());
  view.snapshot = std::move(*snapshot);
  std::map<std::string, store::JobScm> rows;
  for (auto& row : session_.rows.list(session_.project, kExportRows)) rows.emplace(row.job_uuid, std::move(row));
  std::map<std::string, std::string> sources;
  for (const auto& row : session_.rows.list(session_.project, "import")) {
    if (!row.source_uuid.empty()) sources[row.job_uuid] = row.source_uuid;
  }
  for (auto& stored : jobs) {
    Entry entry;
    entry.stored = std::move(stored);
    const auto row = rows.find(entry.stored.job.uuid);
    const auto source = sources.find(entry.stored.job.uuid);
    if (source != sources.end()) entry.source_uuid = source->second;
    if (row != rows.end() && entry.source_uuid.empty()) entry.source_uuid = row->second.source_uuid;
    if (auto judged = judge(entry, view, row == rows.end() ? nullptr : &row->second); !judged)
      return fail(judged.error());
    // So that its file is known to be its own when the job is renamed or deleted.
    if (entry.original_path.empty() && entry.state != scm_state::kCreate &&
        (row == rows.end() || row->second.path != entry.path))
      remember(entry, row == rows.end() ? "" : row->second.commit);
    if (row != rows.end()) rows.erase(row);
    view.jobs.push_back(std::move(entry));
  }
  for (auto& [uuid, row] : rows) view.deleted.push_back(std::move(row));
  return view;
}

Result<ScmExport::View> ScmExport::look() {
  auto view = look_at(session_.jobs.list_full({.project = session_.project}));
  if (!view) return view;
  std::set<std::string> taken;
  for (const auto& one : view->jobs) taken.insert({one.path, one.original_path});
  std::erase_if(view->deleted, [&](const store::JobScm& row) {
    if (view->snapshot.tree->contains(row.path) && !taken.contains(row.path)) return false;
    session_.rows.remove(row.job_uuid, kExportRows);
    return true;
  });
  return view;
}

Result<ScmExport::Entry> ScmExport::entry_of(const std::string& uuid) {
  auto stored = session_.jobs.find(uuid);
  if (!stored) return no_such("Job ID", uuid);
  std::vector<store::StoredJob> one;
  one.push_back(std::move(*stored));
  auto view = look_at(std::move(one));
  if (!view) return fail(view.error());
  return std::move(view->jobs.front());
}

Result<ScmStatus> ScmExport::state_of(const View& view) {
  const auto tracking = session_.repository().tracking();
  if (!tracking) return fail(tracking.error());
  const auto count = [](std::size_t number) { return std::to_string(number); };
  ScmStatus status;
  status.state = scm_state::kClean;
  using namespace scm_action;
  if (!view.clean()) {
    status.state = scm_state::kExport;
    status.message = "Some changes have not been committed";
    status.actions.push_back(kCommit);
  } else if (!tracking->remote && !view.snapshot.commit.empty()) {
    status.state = scm_state::kExport;
    status.message = "Changes need to be pushed";
    status.actions.push_back(kPush);
  } else if (tracking->behind > 0) {
    status.state = scm_state::kRefresh;
    status.message = tracking->ahead > 0
                         ? count(tracking->ahead) + " ahead and " + count(tracking->behind) + " behind remote branch"
                         : count(tracking->behind) + " changes from remote need to be pulled";
    status.actions.push_back(kSynch);
  } else if (tracking->ahead > 0) {
    status.state = scm_state::kExport;
    status.message = count(tracking->ahead) + " changes need to be pushed";
    status.actions.push_back(kPush);
  } else if (!session_.settings.fetches) {
    status.actions.push_back(kFetch);
  }
  if (!view.clean() && tracking->ahead > 0) status.actions.push_back(kPush);
  return status;
}

// What another member pushed is as good as our own: a copy that is behind would call its jobs changed.
Result<> ScmExport::catch_up(std::chrono::milliseconds age) {
  if (!session_.settings.fetches) return {};
  if (auto fetched = session_.fetch_unless_fresh(age); !fetched)
    return fail(ErrorKind::unavailable, "Fetch from the repository failed: " + fetched.error().message);
  if (!session_.settings.pulls && !session_.cluster) return {};
  return session_.repository().fast_forward().map([](bool) {});
}

Result<ScmStatus> ScmExport::status() {
  if (auto done = catch_up({}); !done) return fail(done.error());
  const auto view = look();
  if (!view) return fail(view.error());
  return state_of(*view);
}

Result<std::string> ScmExport::state_text() {
  if (session_.cluster) {
    if (auto done = catch_up({}); !done) return fail(done.error());
  }
  const auto view = look();
  if (!view) return fail(view.error());
  return state_of(*view).map([](const ScmStatus& status) { return status.message; });
}

Result<std::vector<ScmExportItem>> ScmExport::items() {
  if (session_.cluster) {
    if (auto done = catch_up({}); !done) return fail(done.error());
  }
  const auto view = look();
  if (!view) return fail(view.error());
  std::vector<ScmExportItem> items;
  for (const auto& one : view->jobs) {
    if (one.state == scm_state::kClean) continue;
    const auto& job = one.stored.job;
    items.push_back({one.path, {job.uuid, job.name, job.group}, one.original_path, false, one.state});
  }
  for (const auto& row : view->deleted) items.push_back({row.path, {row.job_uuid, row.name, row.group}, "", true, ""});
  return items;
}

Result<ScmExport::Entry> ScmExport::fresh_entry_of(const std::string& uuid) {
  if (session_.cluster) {
    if (auto done = catch_up(kFreshEnough); !done) return fail(done.error());
  }
  return entry_of(uuid);
}

Result<ScmJobState> ScmExport::job_state(const std::string& uuid) {
  const auto entry = fresh_entry_of(uuid);
  if (!entry) return fail(entry.error());
  return state_of_entry(*entry);
}

Result<ScmJobState> ScmExport::state_of_entry(const Entry& entry) {
  ScmJobState state{entry.stored.job.uuid, session_.project, entry.state, {}, std::nullopt};
  if (entry.state != scm_state::kClean) state.actions.emplace_back(scm_action::kJobCommit);
  if (!entry.flaw.empty()) return state;
  auto commit = session_.repository().last_commit(entry.path);
  if (commit && !*commit && !entry.original_path.empty())
    commit = session_.repository().last_commit(entry.original_path);
  if (!commit) return fail(commit.error());
  state.commit = std::move(*commit);
  return state;
}

Result<ScmJobStates> ScmExport::job_states() {
  if (session_.cluster) {
    if (auto done = catch_up(kFreshEnough); !done) return fail(done.error());
  }
  const auto view = look();
  if (!view) return fail(view.error());
  ScmJobStates states;
  for (const auto& entry : view->jobs) {
    auto state = state_of_entry(entry);
    if (!state) return fail(state.error());
    states[entry.stored.job.uuid] = std::move(*state);
  }
  return states;
}

Result<ScmJobDiff> ScmExport::job_diff(const std::string& uuid) {
  const auto entry = fresh_entry_of(uuid);
  if (!entry) return fail(entry.error());
  auto state = state_of_entry(*entry);
  if (!state) return fail(state.error());
  ScmJobDiff diff{std::move(*state), std::nullopt, std::nullopt};
  const auto before =
      session_.content_of(entry->original_path.empty() ? entry->path : entry->original_path, kLargestExported);
  if (!before) return fail(before.error());
  if (!*before) return diff;
  auto content = session_.repository().diff(**before, text_of(*entry));
  if (!content) return fail(content.error());
  diff.content = std::move(*content);
  return diff;
}

ScmOutcome ScmExport::missing_person() const {
  const std::string field = by_.name.empty() ? "committerName" : "committerEmail";
  const std::string message = "Required user info field was not set: " + field +
                              ". Enter it in your profile, or change the setting " + field + ".";
  return ScmOutcome::failed(message, {{field, message}});
}

Result<ScmOutcome> ScmExport::perform(const std::string& action, const ScmActionRequest& request) {
  using namespace scm_action;
  if (action == kCommit || action == kJobCommit) return commit(request);
  if (action == kPush) return push(request);
  if (action == kSynch) return synch(request);
  if (action == kTag) return tag(request, false);
  if (auto fetched = session_.fetch(); !fetched) return ScmOutcome::failed(fetched.error().message);
  return ScmOutcome::done("");
}

Result<ScmOutcome> ScmExport::commit(const ScmActionRequest& request) {
  if (session_.cluster) {
    if (auto done = catch_up({}); !done) return ScmOutcome::failed(done.error().message);
  }
  const auto view = look();
  if (!view) return fail(view.error());
  if (view->clean()) return ScmOutcome::failed("No changes to local git repo need to be exported");
  const auto tag_name = request.input.find("tagName");
  const bool tags = tag_name != request.input.end() && !tag_name->second.empty();
  if (tags) {
    if (!scm::is_ref_name(tag_name->second))
      return ScmOutcome::failed("Some input values were not valid.",
                                {{"tagName", "Tag name is not valid: " + tag_name->second}});
    if (session_.repository().has_tag(tag_name->second))
      return ScmOutcome::failed("Some input values were not valid.",
                                {{"tagName", "Tag already exists: " + tag_name->second}});
  }
  const std::set<std::string> jobs(request.jobs.begin(), request.jobs.end());
  const std::set<std::string> items(request.items.begin(), request.items.end());
  const std::set<std::string> gone(request.deleted.begin(), request.deleted.end());
  std::vector<scm::Change> changes;
  std::vector<const Entry*> written;
  std::vector<const store::JobScm*> removed;
  std::set<std::string> selected;
  for (const auto& one : view->jobs) {
    const bool chosen =
        jobs.contains(one.stored.job.uuid) || (one.state != scm_state::kClean && items.contains(one.path));
    if (chosen) selected.insert(one.stored.job.uuid);
    if (!one.original_path.empty() && (chosen || gone.contains(one.original_path)))
      changes.push_back({one.original_path, std::nullopt});
    if (!chosen || one.state == scm_state::kClean) continue;
    if (!one.flaw.empty()) return ScmOutcome::failed("Job " + one.stored.job.path() + ": " + one.flaw);
    changes.push_back({one.path, text_of(one)});
    written.push_back(&one);
  }
  for (const auto& row : view->deleted) {
    if (!gone.contains(row.path)) continue;
    changes.push_back({row.path, std::nullopt});
    removed.push_back(&row);
  }
  if (selected.empty() && gone.empty()) return ScmOutcome::failed("No jobs were selected");
  if (by_.name.empty() || by_.email.empty()) return missing_person();
  if (changes.empty()) return ScmOutcome::done("No git changes needed");
  // A path that one job leaves and another one takes is written, not removed.
  std::set<std::string> kept;
  for (const auto& change : changes) {
    if (change.content) kept.insert(change.path);
  }
  std::erase_if(changes, [&](const scm::Change& one) { return !one.content && kept.contains(one.path); });
  const auto commit = session_.repository().commit(changes, request.input.at("message"), by_);
  if (!commit) return ScmOutcome::failed(commit.error().message);
  for (const auto* one : written) remember(*one, commit->id);
  for (const auto* row : removed) session_.rows.remove(row->job_uuid, kExportRows);
  if (tags) {
    const auto tagged = tag(request, false);
    if (!tagged || !tagged->success) return tagged;
  }
  const auto pushes = request.input.find("push");
  if (pushes != request.input.end() && pushes->second == "true") return push(request);
  return ScmOutcome::done("");
}

Result<ScmOutcome> ScmExport::tag(const ScmActionRequest& request, bool may_exist) {
  const auto value = [&](const char* name) {
    const auto found = request.input.find(name);
    return found == request.input.end() ? std::string() : found->second;
  };
  const auto flaw = [](const char* field, std::string text) {
    return ScmOutcome::failed("Some input values were not valid.", {{field, std::move(text)}});
  };
  const auto name = value("tagName");
  if (name.empty()) return flaw("tagName", "Tag name is required.");
  if (!scm::is_ref_name(name)) return flaw("tagName", "Tag name is not valid: " + name);
  if (session_.repository().has_tag(name)) {
    if (may_exist) return ScmOutcome::done("");
    return flaw("tagName", "Tag already exists: " + name);
  }
  if (value("message").empty()) return flaw("message", "Message required for a new tag.");
  if (by_.name.empty() || by_.email.empty()) return missing_person();
  if (const auto made = session_.repository().tag(name, value("message"), by_); !made)
    return ScmOutcome::failed("Failed create tag: " + made.error().message);
  return ScmOutcome::done("");
}

Result<ScmOutcome> ScmExport::push(const ScmActionRequest& request) {
  const auto found = request.input.find("tagName");
  const std::string name = found == request.input.end() ? "" : found->second;
  if (!name.empty()) {
    const auto tagged = tag(request, true);
    if (!tagged || !tagged->success) return tagged;
  }
  const auto login = session_.read_login();
  if (!login) return ScmOutcome::failed("Failed push to remote: " + login.error().message);
  const std::lock_guard alone(session_.copy.remote);
  const auto pushed = session_.repository().push(*login, name);
  if (!pushed) return ScmOutcome::failed("Failed push to remote: " + pushed.error().message);
  return ScmOutcome::done("");
}

Result<ScmOutcome> ScmExport::synch(const ScmActionRequest& request) {
  if (auto fetched = session_.fetch(); !fetched) return ScmOutcome::failed(fetched.error().message);
  auto& repository = session_.repository();
  const auto tracking = repository.tracking();
  if (!tracking) return fail(tracking.error());
  if (tracking->behind == 0) return ScmOutcome::done("");
  if (tracking->ahead == 0) {
    const auto moved = repository.fast_forward();
    return moved ? ScmOutcome::done("") : ScmOutcome::failed("Git Pull failed: " + moved.error().message);
  }
  const auto value = [&](const char* name, const char* fallback) {
    const auto found = request.input.find(name);
    return found == request.input.end() ? std::string(fallback) : found->second;
  };
  if (value("refresh", "merge") == "rebase") {
    const auto rebased = repository.rebase();
    return rebased ? ScmOutcome::done("") : ScmOutcome::failed("Rebase did not succeed: " + rebased.error().message);
  }
  if (by_.name.empty() || by_.email.empty()) return missing_person();
  using Strategy = scm::Repository::Strategy;
  const auto name = value("resolution", "ours");
  const auto merged = repository.merge(name == "ours"     ? Strategy::ours
                                       : name == "theirs" ? Strategy::theirs
                                                          : Strategy::recursive,
                                       by_);
  return merged ? ScmOutcome::done("") : ScmOutcome::failed("Merge failed: " + merged.error().message);
}

}  // namespace qd::service
