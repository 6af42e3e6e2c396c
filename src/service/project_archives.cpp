#include "service/project_archives.hpp"

#include <filesystem>
#include <fstream>

#include "base/id.hpp"
#include "base/logging.hpp"
#include "service/access.hpp"
#include "service/archive_layout.hpp"
#include "service/errors.hpp"

namespace qd::service {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kTasksAtOnce = 2;
constexpr std::size_t kTasksWaiting = 32;
constexpr std::chrono::seconds kTaskTick{1};
constexpr int kTicksBetweenCleanings = 60;
constexpr Millis kTaskLife{30 * 60 * 1000};
constexpr std::size_t kMostPerMember = 4u << 20;  // bytes that another member sends at once
const std::string kExportStart = "export.";

namespace task_state {
constexpr const char* running = "running";
constexpr const char* done = "done";
constexpr const char* failed = "failed";
}  // namespace task_state

tl::unexpected<Error> import_goes_on() {
  return fail(ErrorKind::invalid,
              "There's already an import status file for project, please request the status endpoint.",
              "api.error.async.import.status.file.exist");
}

JsonObject errors_json(const ProjectImportOutcome& outcome) {
  const auto list = [](const std::vector<std::string>& errors) {
    JsonArray texts;
    for (const auto& error : errors) texts.emplace_back(error);
    return texts;
  };
  return {{"errors", list(outcome.job_errors)},
          {"execution_errors", list(outcome.execution_errors)},
          {"acl_errors", list(outcome.policy_errors)},
          {"scm_errors", list(outcome.scm_errors)},
          {"other_errors", list(outcome.other_errors)}};
}

bool valid_token(const std::string& token) {
  return !token.empty() && token.find_first_not_of("0123456789abcdef-") == std::string::npos;
}

Result<std::string> read_piece(const std::string& path, std::uint64_t offset, std::size_t most) {
  std::ifstream file(path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(offset));
  std::string bytes(most, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(most));
  bytes.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, file.gcount())));
  if (bytes.empty()) return fail(ErrorKind::not_found, "The archive is not there any more. Begin the export again.");
  return bytes;
}

}  // namespace

TemporaryFile::~TemporaryFile() {
  std::error_code ignored;
  fs::remove(path_, ignored);
}

std::uint64_t TemporaryFile::size() const {
  std::error_code ignored;
  const auto size = fs::file_size(path_, ignored);
  return ignored ? 0 : size;
}

Result<std::string> TemporaryFile::read(std::uint64_t offset, std::size_t most) const {
  return read_piece(path_, offset, most);
}

ProjectArchives::ProjectArchives(ArchiveParts parts, const ArchiveSettings& settings)
    : parts_(parts), settings_(settings), tasks_(parts.database), pool_("archives", kTasksAtOnce, kTasksWaiting) {}

ProjectArchives::~ProjectArchives() {
  stop();
}

void ProjectArchives::start() {
  std::error_code ignored;
  for (fs::directory_iterator next(settings_.folder, ignored), end; !ignored && next != end; next.increment(ignored)) {
    if (!next->path().filename().string().starts_with(kExportStart)) fs::remove_all(next->path(), ignored);
  }
  fs::create_directories(settings_.folder, ignored);
  thread_ = std::thread([this] { loop(); });
}

void ProjectArchives::stop() noexcept {
  at_once_->stop();
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (auto& [token, one] : running_) one.progress->stop();
  }
  changed_.notify_all();
  pool_.stop();
  if (thread_.joinable()) thread_.join();
}

std::string ProjectArchives::file_of(const std::string& token) const {
  return settings_.folder + "/" + kExportStart + token + ".jar";
}

// ---- exports ----

Result<std::shared_ptr<TemporaryFile>> ProjectArchives::export_now(const auth::Identity& who,
                                                                   const std::string& project,
                                                                   const ExportRequest& request) {
  auto file = std::make_shared<TemporaryFile>(settings_.folder + "/now." + base::new_uuid() + ".jar");
  if (auto written = parts_.exports.write(who, project, request, file->path(), *at_once_); !written)
    return fail(written.error());
  parts_.audit.record(who, {audit::kExport, audit::kProject, project, project});
  return file;
}

Result<store::ArchiveTask> ProjectArchives::begin_export(const auth::Identity& who, const std::string& project,
                                                         const ExportRequest& request) {
  if (auto right = require(who, {"project", "export", project}, "Project", project); !right) return fail(right.error());
  store::ArchiveTask task;
  task.kind = "export";
  task.project = project;
  task.user = who.user;
  auto begun = begin(std::move(task), [this, who, request](store::ArchiveTask& one, ArchiveProgress& progress) {
    const auto path = file_of(one.token);
    auto written = parts_.exports.write(who, one.project, request, path, progress);
    std::error_code ignored;
    if (written) {
      one.bytes = static_cast<std::int64_t>(fs::file_size(path, ignored));
    } else {
      fs::remove(path, ignored);
    }
    return written;
  });
  if (begun) parts_.audit.record(who, {audit::kExport, audit::kProject, project, project});
  return begun;
}

Result<store::ArchiveTask> ProjectArchives::export_task(const auth::Identity& who, const std::string& project,
                                                        const std::string& token) {
  if (auto right = require(who, {"project", "export", project}, "Project", project); !right) return fail(right.error());
  auto task = valid_token(token) ? tasks_.find(token) : std::nullopt;
  if (!task || task->kind != "export" || task->project != project || task->user != who.user)
    return no_such("Export Request Token", token);
  return std::move(*task);
}

Result<std::string> ProjectArchives::read_here(const std::string& token, std::uint64_t offset, std::size_t most) {
  if (!valid_token(token)) return no_such("Export Request Token", token);
  return read_piece(file_of(token), offset, std::min(most, kMostPerMember));
}

Result<std::string> ProjectArchives::read(const store::ArchiveTask& task, std::uint64_t offset, std::size_t most) {
  if (task.member_uuid == parts_.self.uuid()) return read_piece(file_of(task.token), offset, most);
  const auto answer =
      parts_.members.ask(task.member_uuid, "/member/archive/" + task.token + "?offset=" + std::to_string(offset) +
                                               "&max=" + std::to_string(most));
  if (!answer) return fail(answer.error());
  if (answer->status != 200 || answer->body.empty())
    return fail(ErrorKind::unavailable, "The member that made the archive does not have it any more.");
  return answer->body;
}

// ---- imports ----

Result<> ProjectArchives::no_import_goes_on(const std::string& project) {
  tasks_.clean(kTaskLife);
  const auto last = tasks_.last_import(project);
  if (!last || last->state != task_state::running) return {};
  return import_goes_on();
}

Result<ProjectImportOutcome> ProjectArchives::import_now(const auth::Identity& who, const ProjectImportRequest& request,
                                                         const std::string& archive) {
  if (auto right = parts_.imports.check(who, request); !right) return fail(right.error());
  if (auto free = no_import_goes_on(request.project); !free) return fail(free.error());
  return parts_.imports.run(who, request, archive, *at_once_);
}

Result<> ProjectArchives::begin_import(const auth::Identity& who, const ProjectImportRequest& request,
                                       std::string archive, std::shared_ptr<const void> keeps_it) {
  if (auto right = parts_.imports.check(who, request); !right) return right;
  if (auto free = no_import_goes_on(request.project); !free) return free;
  store::ArchiveTask task;
  task.kind = "import";
  task.project = request.project;
  task.user = who.user;
  auto begun = begin(std::move(task),
                     [this, who, request, archive = std::move(archive), keeps_it = std::move(keeps_it)](
                         store::ArchiveTask& one, ArchiveProgress& progress) -> Result<> {
                       auto outcome = parts_.imports.run(who, request, archive, progress);
                       if (!outcome) return fail(outcome.error());
                       one.errors = boost::json::serialize(errors_json(*outcome));
                       if (!outcome->successful()) return fail(ErrorKind::invalid, "Some jobs could not be imported.");
                       return {};
                     });
  if (!begun) return fail(begun.error());
  return {};
}

Result<store::ArchiveTask> ProjectArchives::import_task(const auth::Identity& who, const std::string& project) {
  if (auto right = require(who, {"project", "import", project}, "Project", project); !right) return fail(right.error());
  auto task = tasks_.last_import(project);
  if (!task) {
    return fail(
        ErrorKind::not_found,
        "There were errors during status file retrieval process: No status file in DB for project: " + project + ".",
        "api.error.async.import.status.file.retrieval.error");
  }
  return std::move(*task);
}

// ---- what goes on in the background ----

Result<store::ArchiveTask> ProjectArchives::begin(store::ArchiveTask task, Work work) {
  task.token = base::new_uuid();
  task.member_uuid = parts_.self.uuid();
  task.incarnation = parts_.self.get().number;
  task.message = "It waits to begin.";
  if (!tasks_.begin(task)) return import_goes_on();
  const auto progress = std::make_shared<ArchiveProgress>();
  {
    const std::lock_guard lock(mutex_);
    running_[task.token] = {task, progress};
    if (stopping_) progress->stop();
  }
  if (pool_.try_post([this, task, progress, work = std::move(work)] { work_on(task, progress, work); })) return task;
  {
    const std::lock_guard lock(mutex_);
    running_.erase(task.token);
  }
  task.state = task_state::failed;
  task.message = "Too many archives are under way on this server.";
  tasks_.update(task);
  return fail(ErrorKind::unavailable, task.message + " Try again later.");
}

void ProjectArchives::work_on(store::ArchiveTask task, const std::shared_ptr<ArchiveProgress>& progress,
                              const Work& work) noexcept {
  Result<> done = fail(ErrorKind::unavailable, "It did not begin.");
  try {
    done = work(task, *progress);
  } catch (const std::exception& error) {
    base::log_error("archive", task.kind + " of project " + task.project + ": " + error.what());
    done = fail(ErrorKind::unavailable, "An unknown error occurred. The server's log says more.");
  }
  task.state = done ? task_state::done : task_state::failed;
  task.percent = done ? 100 : progress->percent();
  task.message = done ? "" : done.error().message;
  {
    const std::lock_guard lock(mutex_);
    running_.erase(task.token);
  }
  try {
    tasks_.update(task);
  } catch (const std::exception& error) {  // the row tells it when this life of the member is over
    base::log_error("archive", task.kind + " of project " + task.project + ": its end was not stored: " + error.what());
  }
}

void ProjectArchives::loop() {
  for (int tick = 0;; ++tick) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, kTaskTick, [&] { return stopping_; });
      if (stopping_) return;
    }
    try {
      tell_progress();
      if (tick % kTicksBetweenCleanings == 0) clean();
    } catch (const std::exception& error) {
      base::log_debug("archive", std::string("progress was not stored: ") + error.what());
    }
  }
}

// Under the lock, so that it never comes after the end of the task.
void ProjectArchives::tell_progress() {
  const std::lock_guard lock(mutex_);
  for (auto& [token, one] : running_) {
    const int percent = std::min(99, one.progress->percent());
    if (one.task.percent == percent) continue;
    one.task.percent = percent;
    one.task.message = one.task.kind == "import" ? "Importing the archive." : "Writing the archive.";
    tasks_.update(one.task);
  }
}

void ProjectArchives::clean() {
  tasks_.clean(kTaskLife);
  std::error_code ignored;
  for (fs::directory_iterator next(settings_.folder, ignored), end; !ignored && next != end; next.increment(ignored)) {
    const auto name = next->path().filename().string();
    if (!name.starts_with(kExportStart)) continue;
    const auto token = next->path().stem().string().substr(kExportStart.size());
    if (!tasks_.find(token)) fs::remove(next->path(), ignored);
  }
}

}  // namespace qd::service
