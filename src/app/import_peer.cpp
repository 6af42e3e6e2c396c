#include "app/import_peer.hpp"

#include "acl/policy_parse.hpp"
#include "app/archive_setup.hpp"
#include "app/rows.hpp"
#include "base/properties.hpp"
#include "base/zip.hpp"
#include "service/project_import.hpp"
#include "service/scm_settings.hpp"

namespace qd::app {
namespace {

namespace fs = std::filesystem;

// Whoever runs the command on the server's own machine may do everything.
constexpr const char* kAllRights =
    "description: import\ncontext: {application: rundeck}\nfor:\n"
    "  project: [{allow: '*'}]\n  project_acl: [{allow: '*'}]\n  resource: [{allow: '*'}]\n  storage: [{allow: '*'}]\n"
    "  job: [{allow: '*'}]\nby: {group: import}\n---\n"
    "description: import\ncontext: {project: '.*'}\nfor:\n"
    "  resource: [{allow: '*'}]\n  job: [{allow: '*'}]\n  node: [{allow: '*'}]\n  adhoc: [{allow: '*'}]\n"
    "by: {group: import}\n";

auth::Identity importer() {
  auth::Identity who;
  who.user = "import";
  who.roles = {"import"};
  auto parsed = acl::parse_policies(kAllRights, "import.aclpolicy");
  auto policies = std::make_shared<acl::Policies>();
  for (auto& policy : parsed.policies) policies->push_back(std::make_shared<const acl::Policy>(std::move(policy)));
  who.rights = std::make_shared<const acl::Rights>(policies, acl::Subject{who.user, who.roles, ""});
  return who;
}

// The parts of a server that an import needs, on its database.
struct Parts {
  Parts(const Config& config, store::Database& opened, const Vaults& vaults)
      : database(opened),
        rows(opened, vaults),
        self(config.member.uuid, 0),
        access(rows.policies, config.folders.etc, clock),
        audit({}, rows.audit, clock, {config.member.uuid, config.member.hostname}),
        job_cache(rows.jobs),
        project_service(rows.projects, rows.executions, clock, audit),
        job_service(rows.jobs, rows.projects, rows.executions, job_cache, clock, config.member.uuid, audit),
        policy_service(rows.policies, rows.projects, access, clock, audit),
        settings(archive_settings(config)),
        execution_import({opened, rows.jobs, self, clock, (config.folders.logs / "rundeck").string(),
                          !config.logs.provider.empty()}),
        project_import({project_service, job_service, policy_service, execution_import, components, audit}, settings) {}

  store::Database& database;
  SystemClock clock;
  Rows rows;
  model::OwnIncarnation self;
  service::AccessControl access;
  service::Audit audit;
  service::JobCache job_cache;
  service::Projects project_service;
  service::Jobs job_service;
  service::Policies policy_service;
  service::ArchiveSettings settings;
  service::ArchiveComponents components;  // none: webhooks need a server that runs, see moving-from-rundeck.md
  service::ExecutionImport execution_import;
  service::ProjectImport project_import;
  const auth::Identity who = importer();
};

// Who set it up there is kept: he is only named.
void take_scm(Parts& parts, const fs::path& folder, ImportReport& report) {
  using service::Integration;
  const auto name = folder.filename().string();
  for (const auto integration : {Integration::exporting, Integration::importing}) {
    const auto path = service::stored_scm_path(integration);
    std::error_code ignored;
    if (!fs::exists(folder / path, ignored)) continue;
    const auto text = read_peer_file(folder / path);
    const auto stored =
        text ? service::read_stored_scm(integration, *text) : Result<service::StoredScm>(fail(text.error()));
    const auto put =
        stored ? parts.project_service.put_file(parts.who, name, path, service::write_stored_scm(integration, *stored))
               : Result<>(fail(stored.error()));
    if (put) {
      report.taken("scm", name, service::integration_name(integration) + ", " + stored->type);
    } else {
      report.not_taken("scm", name, path + ": " + put.error().message);
    }
  }
}

bool is_scm_file(const fs::path& file) {
  return file.filename() == "scm-export.properties" || file.filename() == "scm-import.properties";
}

// Values that name files of the peer's project folder name those of ours.
void take_project(const Config& config, Parts& parts, const fs::path& folder, ImportReport& report) {
  const auto name = folder.filename().string();
  const auto text = read_peer_file(folder / "etc/project.properties");
  const auto entries = text ? base::parse_properties(*text) : fail(text.error());
  if (!entries) return report.not_taken("project", name, entries.error().message);
  const auto own = config.folders.base / "projects" / name;
  service::ProjectConfig properties;
  for (const auto& entry : *entries) {
    if (entry.key == "project.name") continue;
    std::string value = entry.value;
    if (value.starts_with(folder.string() + "/")) value = own.string() + value.substr(folder.string().size());
    properties[entry.key] = std::move(value);
  }
  const auto made = parts.project_service.create(parts.who, name, std::move(properties));
  if (!made) {
    if (made.error().kind == ErrorKind::conflict) return report.there_already("project", name);
    return report.not_taken("project", name, made.error().message);
  }
  report.taken("project", name, "its jobs and executions come with an archive of it");
  for (const auto& file : peer_files(folder, {"etc"}, "")) {
    if (file.filename() == "project.properties" || is_scm_file(file)) continue;
    const auto content = read_peer_file(file);
    const auto written =
        content ? write_new_peer_file(own / "etc" / file.filename(), *content) : Result<>(fail(content.error()));
    const auto shown = name + "/etc/" + file.filename().string();
    if (written) {
      report.taken("file", shown);
    } else if (written.error().kind == ErrorKind::conflict) {
      report.there_already("file", shown);
    } else {
      report.not_taken("file", shown, written.error().message);
    }
  }
  take_scm(parts, folder, report);
  for (const auto& file : peer_files(folder, {"acls"}, ".aclpolicy")) {
    const auto content = read_peer_file(file);
    const auto shown = name + "/" + file.filename().string();
    if (!content) {
      report.not_taken("policy", shown, content.error().message);
      continue;
    }
    const auto flaws = parts.policy_service.create(parts.who, name, file.filename().string(), *content);
    if (!flaws) {
      report.not_taken("policy", shown, flaws.error().message);
    } else if (!flaws->empty()) {
      report.not_taken("policy", shown, flaws->front().errors.front());
    } else {
      report.taken("policy", shown);
    }
  }
  for (const auto& file : peer_files(folder, {""}, ".md")) {
    const auto content = read_peer_file(file);
    if (!content || content->empty()) continue;
    const auto put = parts.project_service.put_file(parts.who, name, file.filename().string(), *content);
    const auto shown = name + "/" + file.filename().string();
    if (put) {
      report.taken("file", shown);
    } else {
      report.not_taken("file", shown, put.error().message);
    }
  }
}

void take_projects(const Config& config, Parts& parts, const fs::path& folder, ImportReport& report) {
  std::set<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator next(folder / "projects", error), end; !error && next != end; next.increment(error)) {
    if (fs::exists(next->path() / "etc/project.properties", error)) found.insert(next->path());
  }
  for (const auto& project : found) take_project(config, parts, project, report);
}

// From the manifest, or else from the name of the first folder.
std::string project_of_archive(const std::string& file) {
  constexpr std::string_view manifest_key = "Rundeck-Archive-Project-Name:";
  constexpr std::string_view root_start = "rundeck-";
  const auto zip = base::ZipReader::open(file, {});
  if (!zip) return {};
  std::string from_root;
  for (int looked_at = 0; looked_at < 10; ++looked_at) {
    const auto entry = (*zip)->next();
    if (!entry || !*entry) break;
    const auto& name = (*entry)->name;
    if (from_root.empty() && name.starts_with(root_start))
      from_root = name.substr(root_start.size(), name.find('/') - root_start.size());
    if (name != "META-INF/MANIFEST.MF") continue;
    const auto text = (*zip)->text(64u << 10);
    if (!text) break;
    for (const auto& line : base::split(*text, '\n')) {
      if (line.starts_with(manifest_key)) return std::string(base::trim(line.substr(manifest_key.size())));
    }
  }
  return from_root;
}

void take_archive(Parts& parts, const PeerImport::Archive& archive, ImportReport& report) {
  const auto project = archive.project.empty() ? project_of_archive(archive.file) : archive.project;
  if (project.empty()) {
    return report.not_taken("archive", archive.file,
                            "it cannot be read, or tells no project: write --archive FILE=PROJECT");
  }
  if (!parts.project_service.exists(project)) {
    if (const auto made = parts.project_service.create(parts.who, project, {}); !made)
      return report.not_taken("project", project, made.error().message);
    report.taken("project", project);
  }
  service::ProjectImportRequest request;
  request.project = project;
  request.config = request.node_sources = request.policies = request.scm = true;
  for (const auto& component : parts.components) request.components.insert(component->name());
  service::ArchiveProgress progress;
  const auto done = parts.project_import.run(parts.who, request, archive.file, progress);
  if (!done) return report.not_taken("archive", archive.file, done.error().message);
  report.taken("archive", archive.file,
               "into project " + project + ": " + std::to_string(done->jobs) + " jobs, " +
                   std::to_string(done->executions) + " executions");
  for (const auto& error : done->job_errors) report.not_taken("job", project, error);
  for (const auto& error : done->execution_errors) report.not_taken("execution", project, error);
  for (const auto& error : done->policy_errors) report.not_taken("policy", project, error);
  for (const auto& error : done->scm_errors) report.not_taken("scm", project, error);
  for (const auto& error : done->other_errors) report.not_taken("other", project, error);
}

}  // namespace

Result<ImportReport> import_peer(const Config& config, const PeerImport& from, FreshDefaults& fresh) {
  auto database = store::Database::open(config.database);
  if (!database) return fail(database.error());
  auto vaults = open_vaults(config, **database);
  if (!vaults) return fail(vaults.error());
  Parts parts(config, **database, **vaults);
  std::error_code ignored;
  fs::create_directories(parts.settings.folder, ignored);
  ImportReport report;
  for (const auto& folder : from.folders) {
    if (!fs::is_directory(folder, ignored)) {
      report.not_taken("folder", folder.string(), "there is no such folder");
      continue;
    }
    import_settings(config, folder, fresh, report);
    import_logins(config, folder, fresh, report);
    import_policies(config, folder, fresh, report);
    import_key_files(folder, *(*vaults)->keys, report);
    take_projects(config, parts, folder, report);
  }
  for (const auto& archive : from.archives) take_archive(parts, archive, report);
  parts.audit.stop();
  return report;
}

}  // namespace qd::app
