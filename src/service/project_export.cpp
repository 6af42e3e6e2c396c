#include "service/project_export.hpp"

#include <filesystem>
#include <thread>

#include "base/logging.hpp"
#include "base/properties.hpp"
#include "base/text.hpp"
#include "codec/archive_execution.hpp"
#include "codec/job_codec.hpp"
#include "log/packed_log.hpp"
#include "log/reader.hpp"
#include "service/access.hpp"
#include "service/archive_layout.hpp"
#include "service/errors.hpp"
#include "service/scm_settings.hpp"

namespace qd::service {
namespace {

constexpr std::size_t kExportPage = 100;
constexpr std::chrono::milliseconds kLogPoll{50};
constexpr std::chrono::seconds kLongestLogWait{30};

std::string manifest(const std::string& project, const std::string& version, UnixMillis now) {
  return "Manifest-Version: 1.0\r\nRundeck-Application-Version: " + version +
         "\r\nRundeck-Archive-Format-Version: 1.0\r\nRundeck-Archive-Project-Name: " + project +
         "\r\nRundeck-Archive-Export-Date: " + iso8601(now) + "\r\n\r\n";
}

}  // namespace

struct ProjectExport::Work {
  const auth::Identity& who;
  const std::string& project;
  const ExportRequest& request;
  ArchiveProgress& progress;
  base::ZipWriter& zip;
  const std::string root;

  bool wants(bool part) const { return !request.only_executions && (request.all || part); }
};

Result<> ProjectExport::write(const auth::Identity& who, const std::string& project, const ExportRequest& request,
                              const std::string& path, ArchiveProgress& progress) {
  if (auto right = require(who, {"project", "export", project}, "Project", project); !right) return right;
  const auto found = parts_.projects.find(project);
  if (!found) return no_such_project(project);
  auto zip = base::ZipWriter::create(path);
  if (!zip) return fail(zip.error());
  Work work{who, project, request, progress, **zip, archive_layout::root(project)};
  progress.expect(1);
  if (auto done = work.zip.add_text(archive_layout::manifest, manifest(project, parts_.version, parts_.clock.now()));
      !done)
    return done;
  if (auto done = work.zip.add_folder(work.root); !done) return done;
  if (work.wants(request.jobs)) {
    if (auto done = write_jobs(work); !done) return done;
  }
  if (request.only_executions || work.wants(request.executions)) {
    if (auto done = write_executions(work); !done) return done;
  }
  if (auto done = write_files(work, *found); !done) return done;
  if (work.wants(request.acls) && allowed(who, {"project_acl", "read", project})) {
    if (auto done = write_policies(work); !done) return done;
  }
  if (auto done = write_components(work); !done) return done;
  progress.done();
  return work.zip.finish();
}

Result<> ProjectExport::write_jobs(Work& work) {
  const auto folder = work.root + archive_layout::jobs;
  if (auto done = work.zip.add_folder(folder); !done) return done;
  store::JobQuery query;
  query.project = work.project;
  const auto jobs = parts_.jobs.list(query);
  work.progress.expect(static_cast<std::int64_t>(jobs.size()));
  for (const auto& one : jobs) {
    if (work.progress.stopped()) return archive_layout::stopped();
    work.progress.done();
    const auto job = parts_.jobs.find(one.uuid);
    if (!job) continue;
    const auto name = folder + "job-" + base::percent_encode(one.uuid) + ".xml";
    if (auto done = work.zip.add_text(name, codec::encode_jobs({job->job}, codec::JobFormat::xml)); !done) return done;
  }
  return {};
}

Result<> ProjectExport::write_executions(Work& work) {
  const auto& request = work.request;
  if (request.only_executions) {
    work.progress.expect(static_cast<std::int64_t>(request.execution_ids.size()));
    for (std::size_t start = 0; start < request.execution_ids.size(); start += kExportPage) {
      const auto first = request.execution_ids.begin() + static_cast<std::ptrdiff_t>(start);
      const auto count = std::min(kExportPage, request.execution_ids.size() - start);
      auto page = parts_.executions.find_many({first, first + static_cast<std::ptrdiff_t>(count)});
      std::erase_if(page, [&](const model::Execution& one) { return one.project != work.project; });
      if (auto done = write_page(work, page); !done) return done;
    }
    return {};
  }
  work.progress.expect(parts_.executions.count(work.project));
  store::ExecutionArchive archive(parts_.database);
  store::ExecutionMark mark;
  for (;;) {
    const auto page = archive.page(work.project, mark, kExportPage);
    if (page.empty()) return {};
    mark = store::ExecutionMark::of(page.back());
    if (auto done = write_page(work, page); !done) return done;
  }
}

Result<> ProjectExport::write_page(Work& work, const std::vector<model::Execution>& page) {
  std::vector<model::ExecutionId> ids;
  for (const auto& one : page) ids.push_back(one.id);
  const auto states = store::ExecutionArchive(parts_.database).states(ids);
  for (const auto& one : page) {
    if (work.progress.stopped()) return archive_layout::stopped();
    const auto state = states.find(one.id);
    if (auto done = write_execution(work, one, state == states.end() ? "" : state->second); !done) return done;
    work.progress.done();
  }
  return {};
}

Result<> ProjectExport::write_execution(Work& work, const model::Execution& execution, const std::string& state) {
  const auto id = std::to_string(execution.id);
  const auto folder = work.root + archive_layout::executions;
  const auto log = "output-" + id + ".rdlog";
  const auto has_log = write_log(work, execution, folder + log);
  if (!has_log) return fail(has_log.error());
  const auto job = execution.job_uuid.empty() ? nullptr : parts_.job_cache.find(execution.job_uuid);
  const auto xml = codec::encode_archived_execution(execution, job ? &job->job : nullptr, *has_log ? log : "");
  if (auto done = work.zip.add_text(folder + "execution-" + id + ".xml", xml); !done) return done;
  if (!state.empty()) {
    if (auto done = work.zip.add_text(folder + "state-" + id + ".state.json", state); !done) return done;
  }
  if (!model::is_final(execution.status)) return {};
  const auto report = work.root + archive_layout::reports + "report-" + id + ".xml";
  return work.zip.add_text(report, codec::encode_archived_report(execution));
}

// Waits a while for what has to come from another member or the log store first.
LogView ProjectExport::settled_view(const model::Execution& execution, const ArchiveProgress& progress) {
  const auto end = std::chrono::steady_clock::now() + kLongestLogWait;
  for (;;) {
    auto view = parts_.output.view(execution);
    const bool waits = view.state == LogView::State::fetching || view.state == LogView::State::pending_remote;
    if (!waits || progress.stopped() || std::chrono::steady_clock::now() > end) return view;
    std::this_thread::sleep_for(kLogPoll);
  }
}

// False: there is no log. A log that still grows is written as long as it is now.
Result<bool> ProjectExport::write_log(Work& work, const model::Execution& execution, const std::string& name) {
  const auto view = settled_view(execution, work.progress);
  if (view.path.empty()) {
    if (!execution.log_path.empty() && view.state != LogView::State::waiting) {
      base::log_warn("archive", "the archive of project " + work.project + " is without the log of execution " +
                                    std::to_string(execution.id) + ": " + view.message);
    }
    return false;
  }
  const auto stat = log::stat_log(view.path);
  if (!stat.exists) return false;
  const auto read = [&](std::uint64_t offset, std::size_t most) {
    return log::read_log_bytes(view.path, static_cast<std::int64_t>(offset), most);
  };
  return work.zip.add(name, static_cast<std::uint64_t>(stat.size), read).map([] { return true; });
}

Result<> ProjectExport::write_files(Work& work, const model::Project& project) {
  const auto folder = work.root + archive_layout::files;
  if (work.wants(work.request.configs)) {
    auto config = project.config;
    config["project.name"] = project.name;
    const auto base = archive_layout::project_folder(settings_.projects_folder, project.name);
    for (auto& [key, value] : config) {
      if (value.starts_with(base)) value = archive_layout::base_mark + value.substr(base.size());
    }
    if (auto done = work.zip.add_text(folder + archive_layout::config, base::write_properties(config)); !done)
      return done;
  }
  if (work.wants(work.request.scm) && allowed(work.who, {"project", "configure", project.name})) {
    for (const auto integration : {Integration::exporting, Integration::importing}) {
      const auto stored = parts_.projects.file(project.name, stored_scm_path(integration));
      if (!stored) continue;
      if (auto done = work.zip.add_text(folder + stored_scm_path(integration), *stored); !done) return done;
    }
  }
  if (!work.wants(work.request.readmes)) return {};
  for (const char* name : archive_layout::readmes) {
    const auto content = parts_.projects.file(project.name, name);
    if (!content) continue;
    if (auto done = work.zip.add_text(folder + name, *content); !done) return done;
  }
  return {};
}

Result<> ProjectExport::write_policies(Work& work) {
  const auto folder = work.root + archive_layout::files + archive_layout::policies;
  for (const auto& name : parts_.policies.names(work.project)) {
    const auto policy = parts_.policies.find(work.project, name);
    if (!policy) continue;
    if (auto done = work.zip.add_text(folder + name, policy->content); !done) return done;
  }
  return {};
}

Result<> ProjectExport::write_components(Work& work) {
  ArchiveSink sink(work.zip, work.root);
  for (const auto& component : parts_.components) {
    if (!work.wants(work.request.components.contains(component->name()))) continue;
    if (!component->may_export(work.who, work.project)) continue;
    const auto options = work.request.component_options.find(component->name());
    const ComponentOptions none;
    if (auto done = component->write(work.project,
                                     options == work.request.component_options.end() ? none : options->second, sink);
        !done)
      return done;
  }
  return {};
}

}  // namespace qd::service
