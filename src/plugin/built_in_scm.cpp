// Git repositories of jobs; service/scm_export and service/scm_import do it. Names and values of settings are the
// peer's.
#include "plugin/describe.hpp"

namespace qd::plugin {
namespace {

constexpr const char* kFiles = "Job Source Files";
constexpr const char* kRepository = "Git Repository";
constexpr const char* kLogin = "Authentication";
const std::vector<std::string> kTruth{"true", "false"};

const char* const kTemplate =
    "Where in the repository a job's file lies. Stand-ins: `${job.name}`, `${job.group}` (empty, or with a slash at "
    "its end), `${job.project}`, `${job.id}`, `${job.sourceId}` (the id in the file that the job was imported from) "
    "and `${config.format}`.";

void add_files(Description& plugin) {
  plugin
      .text("dir", "Base Directory",
            "Kept for Rundeck. Working copies lie in the server's own folder, whatever is said here.")
      .needed()
      .among(kRepository)
      .words("pathTemplate", "File Path Template",
             {"${job.id}.${config.format}", "${job.sourceId}.${config.format}",
              "${job.group}${job.name}-${job.id}.${config.format}",
              "${job.group}${job.name}-${job.sourceId}.${config.format}", "${job.group}${job.name}.${config.format}"},
             kTemplate)
      .free()
      .standard("${job.id}.${config.format}")
      .needed()
      .among(kFiles)
      .words("format", "Format", {"xml", "yaml", "json"}, "Of the jobs' files")
      .standard("xml")
      .needed()
      .among(kFiles);
}

void add_repository(Description& plugin) {
  plugin
      .text("url", "Git URL",
            "`ssh://user@host/path/repo.git`, `https://user@host/path/repo.git`, `git://host/path/repo.git`, "
            "`user@host:path/repo.git`, or a path on this server")
      .needed()
      .among(kRepository)
      .text("branch", "Branch", "Of the repository")
      .standard("master")
      .needed()
      .among(kRepository)
      .words("fetchAutomatically", "Fetch Automatically", kTruth, "Ask the repository for changes with every status")
      .standard("true")
      .among(kRepository)
      .number("fetchTimeout", "Fetch Timeout", "In seconds: how long the repository may take to answer")
      .standard("30")
      .among(kRepository);
}

void add_login(Description& plugin) {
  plugin
      .words("strictHostKeyChecking", "SSH: Strict Host Key Checking", {"yes", "no"},
             "`yes`: the host's key must be in a `known_hosts` file of the server. `no`: any key is taken.")
      .standard("yes")
      .needed()
      .among(kLogin)
      .key("sshPrivateKeyPath", "SSH Key Storage Path", "private",
           "Path of a private key in the key storage; `${user.login}` and `${project}` are filled in")
      .among(kLogin)
      .key("gitPasswordPath", "Password Storage Path", "password",
           "Path of a password in the key storage, for SSH and HTTPS; `${user.login}` and `${project}` are filled in")
      .among(kLogin);
}

Provider exporting() {
  Description plugin(service::scm_export, "git-export", "Git Export", "Export Jobs to a Git Repository");
  add_files(plugin);
  plugin
      .words("exportUuidBehavior", "Export UUID Behavior", {"preserve", "original", "remove"},
             "The id in a job's file. `preserve`: the job's own. `original`: the one of the file that it was imported "
             "from. `remove`: none.")
      .standard("preserve")
      .among(kFiles);
  add_repository(plugin);
  plugin.words("pullAutomatically", "Synchronize Automatically", kTruth, "Take over what was fetched at once")
      .standard("false")
      .among(kRepository)
      .flag("createBranch", "Create Branch if it doesn't exist", "Otherwise it is an error")
      .among(kRepository)
      .text("baseBranch", "Base branch on", "The branch that a new one begins with")
      .standard("master")
      .among(kRepository);
  add_login(plugin);
  plugin
      .text("committerName", "Committer Name",
            "Of commits; `${user.fullName}`, `${user.firstName}`, `${user.lastName}` and `${user.login}` are filled in")
      .standard("${user.fullName}")
      .needed()
      .text("committerEmail", "Committer Email", "Of commits; `${user.email}` is filled in")
      .standard("${user.email}")
      .needed();
  return plugin;
}

Provider importing() {
  Description plugin(service::scm_import, "git-import", "Git Import", "Import Jobs from a Git Repository");
  add_files(plugin);
  plugin
      .words("importUuidBehavior", "Import UUID Behavior", {"preserve", "archive", "remove"},
             "The id in a job's file. `preserve`: it becomes the job's. `archive`: the job gets another one, and this "
             "one is kept for an export. `remove`: it does not count.")
      .standard("preserve")
      .among(kFiles);
  add_repository(plugin);
  plugin.words("pullAutomatically", "Pull Automatically", kTruth, "Take over what was fetched at once")
      .standard("true")
      .among(kRepository);
  add_login(plugin);
  plugin
      .words("useFilePattern", "Match a Regular Expression?", kTruth,
             "Which files are jobs: `true`, those whose whole path matches the expression; `false`, those chosen in "
             "the next step")
      .standard("true")
      .needed()
      .among("Setup")
      .words("filePattern", "Regular Expression", {".*\\.xml", ".*\\.yaml", ".*\\.json"}, "Of the whole path")
      .free()
      .standard(".*\\.xml")
      .among("Setup");
  return plugin;
}

}  // namespace

std::vector<Provider> built_in_scm() {
  return {exporting(), importing()};
}

}  // namespace qd::plugin
