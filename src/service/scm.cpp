#include "service/scm.hpp"

#include <algorithm>
#include <filesystem>

#include "base/logging.hpp"
#include "base/text.hpp"
#include "plugin/built_in.hpp"
#include "service/access.hpp"
#include "service/errors.hpp"
#include "service/scm_actions.hpp"
#include "service/scm_export.hpp"
#include "service/scm_import.hpp"

namespace qd::service {
namespace {

namespace fs = std::filesystem;

constexpr Millis kCopyPatience{30'000}, kPagePatience{2'000};
constexpr std::size_t kBackgroundThreads = 2, kMostInBackground = 32;
constexpr const char* kSetupDone = "SCM Plugin Setup Complete";

const char* service_name(Integration integration) {
  return integration == Integration::exporting ? plugin::service::scm_export : plugin::service::scm_import;
}

tl::unexpected<Error> not_configured(Integration integration) {
  return fail(ErrorKind::not_found, "No " + integration_name(integration) + " plugin configured", Scm::kNotConfigured);
}

std::string other_type(Integration integration, const std::string& type) {
  return "Plugin type " + type + " for " + integration_name(integration) + " is not configured";
}

// ${user.fullName} and the like.
std::string filled(std::string text, const std::string& login, const store::Profile& profile) {
  const auto full = std::string(base::trim(profile.first_name + " " + profile.last_name));
  const std::pair<const char*, const std::string*> values[] = {{"${user.fullName}", &full},
                                                               {"${user.firstName}", &profile.first_name},
                                                               {"${user.lastName}", &profile.last_name},
                                                               {"${user.email}", &profile.email},
                                                               {"${user.userName}", &login},
                                                               {"${user.login}", &login}};
  for (const auto& [name, value] : values) text = base::replace_all(text, name, *value);
  return std::string(base::trim(text));
}

scm::Person committer(store::ProfileStore& profiles, const std::string& login, const ScmSettings& settings) {
  const auto profile = profiles.find(login).value_or(store::Profile());
  return {filled(settings.committer_name, login, profile), filled(settings.committer_email, login, profile)};
}

}  // namespace

Scm::Scm(ScmParts parts, scm::GitHost host)
    : parts_(std::move(parts)),
      host_(std::move(host)),
      background_host_(host_),
      sweeper_("scm-sweeper", [this] { return sweep(); }),
      background_("scm-fetch", kBackgroundThreads, kMostInBackground) {
  background_host_.cancelled = [this] { return stopping_.load(); };
}

Result<> Scm::may_configure(const auth::Identity& who, const std::string& project) {
  if (!parts_.projects.find(project)) return no_such("Project", project);
  return require(who, {"project", "configure", project}, "Project", project);
}

Result<> Scm::may_use(const auth::Identity& who, const std::string& project, Integration integration) {
  if (!parts_.projects.find(project)) return no_such("Project", project);
  const auto name = integration_name(integration);
  if (allowed(who, {"project", "scm_" + name, project})) return {};
  return unauthorized(name, "Project", project);
}

std::optional<StoredScm> Scm::stored(const std::string& project, Integration integration) {
  const auto text = parts_.projects.file(project, stored_scm_path(integration));
  if (!text) return std::nullopt;
  auto read = read_stored_scm(integration, *text);
  if (read) return std::move(*read);
  base::log_warn(
      "scm", "project " + project + ": " + stored_scm_path(integration) + " cannot be read: " + read.error().message);
  return std::nullopt;
}

void Scm::store(const std::string& project, Integration integration, const StoredScm& config) {
  parts_.projects.put_file(project, stored_scm_path(integration), write_stored_scm(integration, config));
}

Result<StoredScm> Scm::enabled(const std::string& project, Integration integration) {
  auto config = stored(project, integration);
  if (!config || !config->enabled || provider(integration, config->type) == nullptr) return not_configured(integration);
  return std::move(*config);
}

const plugin::Provider* Scm::provider(Integration integration, const std::string& type) const {
  for (const auto& one : plugin::built_in_providers()) {
    if (one.service == service_name(integration) && one.name == type) return &one;
  }
  return nullptr;
}

// A repository in the server's own folders would show what others keep there.
Result<> Scm::check_place(const ScmSettings& settings) const {
  if (settings.url.transport != scm::GitUrl::Transport::file) return {};
  std::error_code ignored;
  const auto path = fs::weakly_canonical(settings.url.path, ignored);
  for (const auto& folder : parts_.private_folders) {
    const auto own = fs::weakly_canonical(folder, ignored);
    const auto within = path.lexically_relative(own);
    if (path == own || (!within.empty() && *within.begin() != ".."))
      return fail(ErrorKind::invalid, "Invalid value. The repository lies in a folder of this server.");
  }
  return {};
}

Result<scm::GitLogin> Scm::login(const auth::Identity& who, const std::string& project, const ScmSettings& settings) {
  const auto read = [&](std::string path) -> Result<std::string> {
    if (path.empty()) return std::string();
    path = base::replace_all(path, "${user.login}", who.user);
    path = base::replace_all(path, "${project}", project);
    if (!parts_.read_secret) return fail(ErrorKind::unavailable, "There is no key storage here");
    return parts_.read_secret(path, {who.user, who.roles});
  };
  using Transport = scm::GitUrl::Transport;
  scm::GitLogin login;
  login.strict_host_keys = settings.strict_host_keys;
  if (settings.url.transport == Transport::ssh) {
    auto key = read(settings.key_path);
    if (!key) return fail(key.error());
    login.private_key = std::move(*key);
  }
  const bool asks = settings.url.transport == Transport::ssh || settings.url.transport == Transport::http;
  if (asks && !settings.url.user.empty() && login.private_key.empty()) {
    auto password = read(settings.password_path);
    if (!password) return fail(password.error());
    login.password = std::move(*password);
  }
  return login;
}

scm::Place Scm::place_of(const std::string& project, Integration integration, const ScmSettings& settings) const {
  scm::Place place;
  place.folder = host_.folder + "/" + base::percent_encode(project) + "/" + integration_name(integration);
  place.url = settings.url;
  place.branch = settings.branch;
  place.create_branch = integration == Integration::exporting && settings.create_branch;
  place.base_branch = settings.base_branch;
  return place;
}

Result<> Scm::open_copy(const auth::Identity& who, const std::string& project, const ScmSettings& settings,
                        ScmCopy& copy) {
  const auto given = login(who, project, settings);
  if (!given) return fail(given.error());
  const std::lock_guard alone(copy.remote);
  if (auto opened = copy.repository->open(*given); !opened) return opened;
  copy.fetched = std::chrono::steady_clock::now();
  copy.fetching.with([](auto& fetching) { fetching.flaw.clear(); });
  return {};
}

template <class T, class Use>
Result<T> Scm::with_copy(const auth::Identity& who, const std::string& project, Integration integration,
                         const StoredScm& config, Use use, Wait wait) {
  const auto began = std::chrono::steady_clock::now();
  const ScmCopies::Turn turn(copies_);
  if (!turn) return fail(ErrorKind::unavailable, "Many repositories are in use; try it again in a moment.", kNoStatus);
  const auto copy = copies_.of(project, integration);
  const std::unique_lock lock(copy->mutex, wait == Wait::yes ? kCopyPatience : kPagePatience);
  if (!lock.owns_lock())
    return fail(ErrorKind::unavailable, "The repository is in use; try it again in a moment.", kNoStatus);
  const auto settings = scm_settings(integration, config.config);
  const auto fingerprint = write_stored_scm(integration, {config.type, true, "", {}, config.config, {}});
  if (copy->fingerprint != fingerprint) {
    copy->fingerprint.clear();
    copy->verdicts.clear();
    copy->fetched = {};
    if (auto fine = check_place(settings); !fine) return fail(fine.error().kind, fine.error().message, kNoStatus);
    copy->repository =
        std::make_unique<scm::Repository>(host_, place_of(project, integration, settings), settings.fetch_limit);
    if (wait == Wait::yes) {
      const auto opened = open_copy(who, project, settings, *copy);
      if (!opened) return fail(opened.error().kind, opened.error().message, kNoStatus);
    } else if (!copy->repository->exists()) {
      if (const auto given = login(who, project, settings); !given)
        return fail(given.error().kind, given.error().message, kNoStatus);
      const auto flaw = fetch_later(who, project, settings, integration, copy);
      return fail(
          ErrorKind::unavailable,
          flaw ? "The repository is being copied to this member; look again in a moment." : flaw.error().message,
          kNoStatus);
    }
    copy->fingerprint = fingerprint;
  }
  ScmSession session{who,
                     project,
                     config,
                     settings,
                     *copy,
                     parts_.job_rows,
                     parts_.rows,
                     [&] { return login(who, project, settings); },
                     parts_.cluster,
                     began,
                     {}};
  if (wait == Wait::no) session.fetch_later = [&] { return fetch_later(who, project, settings, integration, copy); };
  return use(session);
}

Result<std::vector<ScmPluginView>> Scm::plugins(const auth::Identity& who, const std::string& project,
                                                Integration integration) {
  if (auto right = may_configure(who, project); !right) return fail(right.error());
  const auto config = stored(project, integration);
  std::vector<ScmPluginView> views;
  for (const auto& one : plugin::built_in_providers()) {
    if (one.service != service_name(integration)) continue;
    const bool configured = config && config->type == one.name;
    views.push_back({one.name, one.title, one.description, configured, configured && config->enabled});
  }
  return views;
}

Result<std::vector<plugin::Property>> Scm::setup_fields(const auth::Identity& who, const std::string& project,
                                                        Integration integration, const std::string& type) {
  if (auto right = may_use(who, project, integration); !right) return fail(right.error());
  const auto* found = provider(integration, type);
  if (found == nullptr) return no_such("SCM " + integration_name(integration) + " plugin", type);
  auto fields = found->properties;
  for (auto& field : fields) {
    if (field.name == "dir") field.fallback = parts_.projects_folder + "/" + project + "/" + service_name(integration);
  }
  return fields;
}

// Proves that the repository can be reached before the integration is on.
ScmOutcome Scm::open(const auth::Identity& who, const std::string& project, Integration integration,
                     const StoredScm& config, const std::string& message) {
  const auto& fields = provider(integration, config.type)->properties;
  if (auto flaws = check_config(integration, fields, config.config); !flaws.empty())
    return ScmOutcome::failed("Some input values were not valid.", std::move(flaws));
  const auto settings = scm_settings(integration, config.config);
  if (auto fine = check_place(settings); !fine)
    return ScmOutcome::failed("Some input values were not valid.", {{"url", fine.error().message}});
  auto off = config;
  off.enabled = false;
  store(project, integration, off);
  const auto opened =
      with_copy<bool>(who, project, integration, config, [&](const ScmSession& session) -> Result<bool> {
        if (integration == Integration::importing) return true;
        return ScmExport(session, {}).items().map([](const auto&) { return true; });  // learns whose the files are
      });
  if (!opened) return ScmOutcome::failed(opened.error().message);
  auto on = config;
  on.enabled = true;
  store(project, integration, on);
  const bool asks = integration == Integration::importing && !settings.by_pattern;
  return ScmOutcome::done(message, asks ? scm_action::kTrack : "");
}

Result<ScmOutcome> Scm::setup(const auth::Identity& who, const std::string& project, Integration integration,
                              const std::string& type, const ScmValues& config) {
  if (auto right = may_configure(who, project); !right) return fail(right.error());
  if (provider(integration, type) == nullptr) return no_such("SCM " + integration_name(integration) + " plugin", type);
  StoredScm wanted{type, true, who.user, who.roles, config, std::nullopt};
  // Files that were chosen stay chosen.
  if (const auto before = stored(project, integration)) wanted.tracked = before->tracked;
  auto outcome = open(who, project, integration, wanted, kSetupDone);
  parts_.audit.record(who, {audit::kUpdate, audit::kProject, project, project,
                            "scm " + integration_name(integration) + " set up" + (outcome.success ? "" : ", in vain")});
  return outcome;
}

tl::expected<StoredScm, ScmOutcome> Scm::configured(const std::string& project, Integration integration,
                                                    const std::string& type) {
  auto config = stored(project, integration);
  if (!config) {
    return tl::unexpected(ScmOutcome::failed("No " + integration_name(integration) + " plugin configured"));
  }
  if (config->type != type) return tl::unexpected(ScmOutcome::failed(other_type(integration, type)));
  return std::move(*config);
}

Result<ScmOutcome> Scm::enable(const auth::Identity& who, const std::string& project, Integration integration,
                               const std::string& type) {
  if (auto right = may_configure(who, project); !right) return fail(right.error());
  auto config = configured(project, integration, type);
  if (!config) return std::move(config.error());
  const auto name = integration_name(integration);
  if (provider(integration, type) == nullptr)
    return ScmOutcome::failed("Plugin type " + type + " for " + name + " was not found");
  config->user = who.user;
  config->roles = who.roles;
  auto outcome = open(who, project, integration, *config, "Plugin enabled for SCM " + name + ": " + type);
  if (outcome.success)
    parts_.audit.record(who, {audit::kUpdate, audit::kProject, project, project, "scm " + name + " on"});
  return outcome;
}

Result<ScmOutcome> Scm::disable(const auth::Identity& who, const std::string& project, Integration integration,
                                const std::string& type) {
  if (auto right = may_configure(who, project); !right) return fail(right.error());
  auto config = configured(project, integration, type);
  if (!config) return std::move(config.error());
  const auto name = integration_name(integration);
  if (config->enabled) {
    config->enabled = false;
    store(project, integration, *config);
    parts_.audit.record(who, {audit::kUpdate, audit::kProject, project, project, "scm " + name + " off"});
  }
  return ScmOutcome::done("Plugin disabled for SCM " + name + ": " + type);
}

Result<bool> Scm::toggle(const auth::Identity& who, const std::string& project, bool on) {
  if (auto right = may_configure(who, project); !right) return fail(right.error());
  bool modified = false;
  for (const auto integration : {Integration::exporting, Integration::importing}) {
    const auto config = stored(project, integration);
    if (!config || config->enabled == on) continue;
    const auto outcome =
        on ? enable(who, project, integration, config->type) : disable(who, project, integration, config->type);
    if (!outcome) return fail(outcome.error());
    if (!outcome->success) return fail(ErrorKind::unavailable, outcome->message);
    modified = true;
  }
  return modified;
}

Result<StoredScm> Scm::config(const auth::Identity& who, const std::string& project, Integration integration) {
  if (auto right = may_configure(who, project); !right) return fail(right.error());
  auto config = stored(project, integration);
  if (!config) return not_configured(integration);
  return std::move(*config);
}

std::optional<ScmSummary> Scm::summary(const auth::Identity& who, const std::string& project, Integration integration) {
  if (!may_use(who, project, integration)) return std::nullopt;
  ScmSummary summary;
  const auto config = stored(project, integration);
  summary.configured = config.has_value();
  summary.enabled = config && config->enabled && provider(integration, config->type) != nullptr;
  if (!summary.enabled) return summary;
  if (auto found = status_of(who, project, integration, Wait::no))
    summary.status = std::move(*found);
  else
    summary.flaw = found.error().message;
  return summary;
}

Result<ScmStatus> Scm::status(const auth::Identity& who, const std::string& project, Integration integration) {
  return status_of(who, project, integration, Wait::yes);
}

Result<ScmStatus> Scm::status_of(const auth::Identity& who, const std::string& project, Integration integration,
                                 Wait wait) {
  if (auto right = may_use(who, project, integration); !right) return fail(right.error());
  const auto config = enabled(project, integration);
  if (!config) return fail(config.error());
  auto status = with_copy<ScmStatus>(
      who, project, integration, *config,
      [&](const ScmSession& session) {
        return integration == Integration::exporting ? ScmExport(session, {}).status()
                                                     : ScmImport(session, parts_.jobs).status();
      },
      wait);
  if (status) return status;
  return fail(status.error().kind,
              "Failed to get SCM " + integration_name(integration) + " status for project " + project + ": " +
                  status.error().message,
              kNoStatus);
}

Result<ScmActionForm> Scm::action_form(const auth::Identity& who, const std::string& project, Integration integration,
                                       const std::string& action) {
  if (auto right = may_use(who, project, integration); !right) return fail(right.error());
  const auto config = enabled(project, integration);
  const auto unknown =
      fail(ErrorKind::not_found,
           "Action \"" + action + "\" not found for " + integration_name(integration) + " plugin for " + project,
           "scm.not.a.valid.action.actionid");
  if (!config || !scm_action_form(integration, action, {})) return unknown;
  return with_copy<ScmActionForm>(who, project, integration, *config,
                                  [&](const ScmSession& session) -> Result<ScmActionForm> {
                                    const auto tracking = session.repository().tracking();
                                    if (!tracking) return fail(tracking.error());
                                    ScmFormFacts facts{session.settings.branch, "", *tracking};
                                    ScmExport exporting(session, {});
                                    ScmImport importing(session, parts_.jobs);
                                    const bool exports = integration == Integration::exporting;
                                    const auto words = exports ? exporting.state_text() : importing.state_text();
                                    if (!words) return fail(words.error());
                                    facts.status = *words;
                                    auto form = *scm_action_form(integration, action, facts);
                                    if (exports) {
                                      auto items = exporting.items();
                                      if (!items) return fail(items.error());
                                      form.exports = std::move(*items);
                                    } else {
                                      auto items = importing.items(action);
                                      if (!items) return fail(items.error());
                                      form.imports = std::move(*items);
                                    }
                                    return form;
                                  });
}

Result<ScmOutcome> Scm::perform(const auth::Identity& who, const std::string& project, Integration integration,
                                const std::string& action, ScmActionRequest request) {
  if (auto right = may_use(who, project, integration); !right) return fail(right.error());
  auto config = enabled(project, integration);
  if (!config) return fail(config.error());
  if (!scm_action_form(integration, action, {}))
    return fail(ErrorKind::not_found,
                "Action \"" + action + "\" not found for " + integration_name(integration) + " plugin for " + project,
                "scm.not.a.valid.action.actionid");
  auto outcome =
      with_copy<ScmOutcome>(who, project, integration, *config, [&](const ScmSession& session) -> Result<ScmOutcome> {
        const auto tracking = session.repository().tracking();
        if (!tracking) return fail(tracking.error());
        const auto form = *scm_action_form(integration, action, {session.settings.branch, "", *tracking});
        if (auto flaws = check_values(form.fields, request.input); !flaws.empty())
          return ScmOutcome::failed("Some input values were not valid.", std::move(flaws));
        if (integration == Integration::exporting)
          return ScmExport(session, committer(parts_.profiles, who.user, session.settings)).perform(action, request);
        return ScmImport(session, parts_.jobs).perform(action, request);
      });
  // Repositories that cannot be reached are an outcome of the action.
  if (!outcome && outcome.error().kind == ErrorKind::unavailable) outcome = ScmOutcome::failed(outcome.error().message);
  if (!outcome) return outcome;
  if (outcome->success && action == scm_action::kTrack) {
    config->tracked = request.items;
    for (const auto& [key, value] : request.input) config->config[key] = value;
    store(project, integration, *config);
  }
  const auto name = integration_name(integration);
  parts_.audit.record(
      who, {name, audit::kProject, project, project, "scm " + action + (outcome->success ? "" : ", in vain")});
  if (outcome->success) outcome->message = "SCM " + name + " Action was Successful: " + action;
  return outcome;
}

Result<std::string> Scm::project_of_job(const auth::Identity& who, const std::string& uuid, Integration integration) {
  const auto job = parts_.jobs.find(who, uuid, "view");
  if (!job) return fail(job.error());
  const auto project = (*job)->job.project;
  if (auto right = may_use(who, project, integration); !right) return fail(right.error());
  return project;
}

Result<ScmJobState> Scm::job_status(const auth::Identity& who, const std::string& uuid, Integration integration) {
  const auto project = project_of_job(who, uuid, integration);
  if (!project) return fail(project.error());
  const auto config = enabled(*project, integration);
  if (!config) return fail(config.error());
  auto state = with_copy<ScmJobState>(who, *project, integration, *config, [&](const ScmSession& session) {
    return integration == Integration::exporting ? ScmExport(session, {}).job_state(uuid)
                                                 : ScmImport(session, parts_.jobs).job_state(uuid);
  });
  if (state) return state;
  return fail(
      state.error().kind,
      "Failed to get SCM " + integration_name(integration) + " status for Job " + uuid + ": " + state.error().message,
      kNoStatus);
}

ScmJobStates Scm::job_states(const auth::Identity& who, const std::string& project, Integration integration) {
  if (!may_use(who, project, integration)) return {};
  const auto config = enabled(project, integration);
  if (!config) return {};
  auto states = with_copy<ScmJobStates>(
      who, project, integration, *config,
      [&](const ScmSession& session) {
        return integration == Integration::exporting ? ScmExport(session, {}).job_states()
                                                     : ScmImport(session, parts_.jobs).job_states();
      },
      Wait::no);
  return states ? std::move(*states) : ScmJobStates();
}

Result<ScmJobDiff> Scm::job_diff(const auth::Identity& who, const std::string& uuid, Integration integration) {
  const auto project = project_of_job(who, uuid, integration);
  if (!project) return fail(project.error());
  const auto config = enabled(*project, integration);
  if (!config) return fail(config.error());
  // A diff shows the definition.
  if (const auto job = parts_.jobs.find(who, uuid, "read"); !job) return fail(job.error());
  auto diff = with_copy<ScmJobDiff>(who, *project, integration, *config, [&](const ScmSession& session) {
    return integration == Integration::exporting ? ScmExport(session, {}).job_diff(uuid)
                                                 : ScmImport(session, parts_.jobs).job_diff(uuid);
  });
  if (diff) return diff;
  return fail(
      diff.error().kind,
      "Failed to get SCM " + integration_name(integration) + " status for Job " + uuid + ": " + diff.error().message,
      kNoStatus);
}

Result<ScmActionForm> Scm::job_action_form(const auth::Identity& who, const std::string& uuid, Integration integration,
                                           const std::string& action) {
  const auto project = project_of_job(who, uuid, integration);
  if (!project) return fail(project.error());
  if (const auto config = enabled(*project, integration); !config) return fail(config.error());
  auto form = action_form(who, *project, integration, action);
  if (!form) return form;
  std::erase_if(form->exports, [&](const ScmExportItem& item) { return item.job.uuid != uuid || item.deleted; });
  std::erase_if(form->imports, [&](const ScmImportItem& item) { return !item.job || item.job->uuid != uuid; });
  return form;
}

Result<ScmOutcome> Scm::perform_on_job(const auth::Identity& who, const std::string& uuid, Integration integration,
                                       const std::string& action, const ScmValues& input) {
  const auto project = project_of_job(who, uuid, integration);
  if (!project) return fail(project.error());
  ScmActionRequest request;
  request.input = input;
  request.jobs = {uuid};
  return perform(who, *project, integration, action, std::move(request));
}

}  // namespace qd::service
