#include "service/execution_import.hpp"

#include <filesystem>
#include <fstream>

#include "base/id.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "log/packed_log.hpp"
#include "log/reader.hpp"
#include "model/arg_string.hpp"
#include "service/archive_layout.hpp"

namespace qd::service {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kRowsAtOnce = 100;
constexpr std::size_t kMostListedErrors = 1'000;
constexpr std::string_view kLogStart = "^text/x-rundeck-log-v";

// rename() where it can, a copy between file systems.
Result<> move_file(const std::string& from, const std::string& to) {
  std::error_code error;
  fs::create_directories(fs::path(to).parent_path(), error);
  if (!error) fs::rename(from, to, error);
  if (error == std::errc::cross_device_link) fs::copy_file(from, to, error);
  if (error) return fail(ErrorKind::unavailable, "'" + to + "' cannot be written: " + error.message());
  return {};
}

bool is_log(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string start(kLogStart.size(), '\0');
  file.read(start.data(), static_cast<std::streamsize>(start.size()));
  return file && start == kLogStart;
}

std::string summary_of_archived(const model::Workflow& workflow) {
  if (workflow.steps.empty()) return "[Empty workflow]";
  const auto& step = workflow.steps.front();
  std::string text = step.description;
  if (const auto* command = std::get_if<model::CommandStep>(&step.action); command && text.empty())
    text = command->command;
  if (const auto* job = std::get_if<model::JobRefStep>(&step.action); job && text.empty()) text = job->name;
  constexpr std::size_t longest = 200;
  if (text.size() > longest) text = base::repair_utf8(text.substr(0, longest));
  if (workflow.steps.size() > 1) text += " [... " + std::to_string(workflow.steps.size()) + " steps]";
  return text.empty() ? "[1 step]" : text;
}

}  // namespace

// A row that is to be written, with the log that lies in its place already.
struct ExecutionImport::Prepared {
  model::Execution execution;
  model::ExecutionId old_id = 0;
  std::string state;
};

struct ExecutionImport::Work {
  const std::string& project;
  const UnpackedArchive& archive;
  const ImportedJobs& jobs;
  ArchiveProgress& progress;
  ImportedExecutions done = {};
  std::map<model::ExecutionId, std::string> job_paths = {};          // by old id, where reports tell of them
  std::map<std::string, std::optional<model::Job>> known_jobs = {};  // of the project, by uuid; without definition
  std::map<std::string, std::int64_t> revisions = {};
  std::vector<Prepared> prepared = {};
  std::unordered_map<model::ExecutionId, model::ExecutionId> new_ids = {};
  std::vector<model::Execution> links = {};  // new id, links by old ids; nothing else

  void note(std::string error) {
    if (done.errors.size() < kMostListedErrors) done.errors.push_back(std::move(error));
  }
};

ImportedExecutions ExecutionImport::run(const std::string& project, const UnpackedArchive& archive,
                                        const ImportedJobs& jobs, ArchiveProgress& progress) {
  Work work{project, archive, jobs, progress};
  for (const auto& path : archive.matching(archive_layout::reports, "report-", ".xml")) {
    if (progress.stopped()) break;
    progress.done();
    const auto text = archive.text(path);
    const auto report = text ? codec::decode_archived_report(*text) : fail(text.error());
    if (!report) {
      work.note(path + ": " + report.error().message);
    } else if (!report->job_path.empty() && report->execution > 0) {
      work.job_paths[report->execution] = report->job_path;
    }
  }
  for (const auto& path : archive.matching(archive_layout::executions, "execution-", ".xml")) {
    if (progress.stopped()) break;
    take_file(work, path);
    progress.done();
  }
  write(work);
  link_retries(work);
  return std::move(work.done);
}

void ExecutionImport::take_file(Work& work, const std::string& path) {
  const auto text = work.archive.text(path);
  if (!text) return work.note(text.error().message);
  auto found = codec::decode_archived_executions(*text, parts_.clock.now());
  if (!found) return work.note(path + ": " + found.error().message);
  for (auto& one : *found) prepare(work, path, std::move(one));
  if (work.prepared.size() >= kRowsAtOnce) write(work);
}

bool ExecutionImport::prepare(Work& work, const std::string& path, codec::ArchivedExecution&& archived) {
  auto& execution = archived.execution;
  if (work.jobs.refused.contains(execution.job_uuid)) return false;
  const bool was_running = archived.was_running;
  Prepared prepared;
  prepared.old_id = archived.id;
  settle_job(work, execution);
  if (execution.job_name.empty()) {
    const auto told = work.job_paths.find(prepared.old_id);
    if (told != work.job_paths.end() && !execution.job_uuid.empty()) {
      const auto slash = told->second.rfind('/');
      execution.job_name = slash == std::string::npos ? told->second : told->second.substr(slash + 1);
      if (slash != std::string::npos) execution.job_group = told->second.substr(0, slash);
    }
  }
  execution.project = work.project;
  execution.uuid = base::new_uuid();
  execution.options = model::parse_options(execution.arg_string);
  execution.server_uuid = parts_.self.uuid();
  execution.incarnation = parts_.self.get().number;
  if (execution.ad_hoc) {
    execution.ad_hoc->project = work.project;
    execution.ad_hoc->name.clear();
    execution.description = summary_of_archived(execution.ad_hoc->workflow);
  }
  // What a job's execution ran is what its job says: nobody brings steps of his own in under another's job.
  if (!execution.job_uuid.empty()) execution.ad_hoc.reset();
  prepared.execution = execution;
  prepared.state = state_of(work, archived, was_running);
  settle_log(work, path, archived, prepared);
  work.prepared.push_back(std::move(prepared));
  return true;
}

// The job that it belongs to from now on; none when there is no such job in this project.
void ExecutionImport::settle_job(Work& work, model::Execution& execution) {
  if (execution.job_uuid.empty()) return;
  const auto imported = work.jobs.by_old_id.find(execution.job_uuid);
  const auto uuid = imported != work.jobs.by_old_id.end() ? imported->second : execution.job_uuid;
  auto [known, is_new] = work.known_jobs.try_emplace(uuid);
  if (is_new) {
    if (auto found = parts_.jobs.find(uuid); found && found->job.project == work.project) {
      work.revisions[uuid] = found->revision;
      model::Job named;
      named.name = found->job.name;
      named.group = found->job.group;
      known->second = std::move(named);
    }
  }
  if (!known->second) {
    execution.job_uuid.clear();
    return;
  }
  execution.job_uuid = uuid;
  execution.job_revision = work.revisions[uuid];
  if (!execution.job_name.empty()) return;
  execution.job_name = known->second->name;
  execution.job_group = known->second->group;
}

std::string ExecutionImport::state_of(Work& work, const codec::ArchivedExecution& archived, bool was_running) {
  const auto path = std::string(archive_layout::executions) + "state-" + std::to_string(archived.id) + ".state.json";
  if (!work.archive.holds(path)) return {};
  work.progress.done();
  const auto text = work.archive.text(path);
  auto state = text ? parse_json(*text) : fail(text.error());
  if (state && !state->is_object()) state = fail(ErrorKind::invalid, "it is no JSON object");
  if (!state) {
    work.note(path + ": " + state.error().message);
    return {};
  }
  if (was_running) {
    state->get_object()["executionState"] = "ABORTED";
    state->get_object()["completed"] = true;
  }
  return boost::json::serialize(*state);
}

void ExecutionImport::settle_log(Work& work, const std::string& path, const codec::ArchivedExecution& archived,
                                 Prepared& prepared) {
  if (archived.log_elsewhere) {
    return work.note(path +
                     ": its log is not in the archive: it stayed in the log storage of the server that made it.");
  }
  if (archived.log.empty()) return;
  const auto log = archive_layout::executions + archived.log;
  if (!work.archive.holds(log)) return work.note(path + ": its log " + archived.log + " is not in the archive.");
  work.progress.done();
  if (!is_log(work.archive.file(log))) return work.note(log + " is no log that can be read; the execution has none.");
  auto& execution = prepared.execution;
  const auto place = work.project + "/imported/" + execution.uuid + ".rdlog";
  const auto target = parts_.log_root + "/" + place;
  if (auto moved = move_file(work.archive.file(log), target); !moved) return work.note(moved.error().message);
  execution.log_path = place;
  execution.log_size = log::stat_log(target).size;
}

// Some rows in one transaction; their logs go when it fails.
void ExecutionImport::write(Work& work) {
  if (work.prepared.empty()) return;
  std::vector<model::ExecutionId> ids;
  try {
    parts_.database.transact([&](store::Session& session) {
      ids.clear();
      for (const auto& one : work.prepared)
        ids.push_back(store::ExecutionArchive::adopt(session, one.execution, one.state));
    });
  } catch (...) {
    for (const auto& one : work.prepared) {
      if (!one.execution.log_path.empty()) log::remove_log(parts_.log_root + "/" + one.execution.log_path);
    }
    throw;
  }
  store::LogStorageStore stored(parts_.database);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto& one = work.prepared[i];
    if (one.old_id > 0) work.new_ids[one.old_id] = ids[i];
    if (parts_.logs_are_stored && !one.execution.log_path.empty()) stored.enqueue(ids[i]);
    const auto& execution = one.execution;
    if (!execution.retry_of && !execution.retried_as && !execution.original) continue;
    model::Execution link;
    link.id = ids[i];
    link.retry_of = execution.retry_of;
    link.retried_as = execution.retried_as;
    link.original = execution.original;
    work.links.push_back(std::move(link));
  }
  work.done.imported += ids.size();
  work.prepared.clear();
}

// Retries name each other by the ids that they have now; a link to what is not there goes.
void ExecutionImport::link_retries(Work& work) {
  const auto renamed = [&](std::optional<model::ExecutionId>& id) {
    if (!id) return;
    const auto found = work.new_ids.find(*id);
    id = found == work.new_ids.end() ? std::nullopt : std::optional(found->second);
  };
  for (auto& link : work.links) {
    renamed(link.retry_of);
    renamed(link.retried_as);
    renamed(link.original);
  }
  for (std::size_t start = 0; start < work.links.size(); start += kRowsAtOnce) {
    parts_.database.transact([&](store::Session& session) {
      for (std::size_t i = start; i < std::min(work.links.size(), start + kRowsAtOnce); ++i)
        store::ExecutionArchive::set_links(session, work.links[i]);
    });
  }
}

}  // namespace qd::service
