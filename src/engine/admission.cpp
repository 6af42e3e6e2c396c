#include "engine/admission.hpp"

#include <limits>

#include "base/id.hpp"
#include "base/text.hpp"
#include "model/arg_string.hpp"
#include "model/date_text.hpp"

namespace qd::engine {

namespace {

constexpr std::size_t kMaxSummary = 255;
constexpr std::size_t kMaxPathPart = 100;

std::string summary_of_step(const model::Step& step) {
  if (const auto* command = std::get_if<model::CommandStep>(&step.action)) return command->command;
  if (const auto* script = std::get_if<model::ScriptStep>(&step.action)) {
    auto text = script->interpreter.empty() ? script->script : script->interpreter + " " + script->script;
    return script->args.empty() ? text : text + " -- " + script->args;
  }
  if (const auto* reference = std::get_if<model::JobRefStep>(&step.action)) {
    const auto path = reference->group.empty() ? reference->name : reference->group + "/" + reference->name;
    return "Job: " + (path.empty() ? reference->uuid : path) +
           (reference->args.empty() ? "" : " -- " + reference->args);
  }
  const auto& plugin = std::get<model::PluginStep>(step.action);
  return "Plugin[" + plugin.type + ", nodeStep: " + (plugin.node_step ? "true" : "false") + "]";
}

// A job's uuid may be any text: as a folder's name it must stay one.
std::string path_part(const std::string& text) {
  auto part = base::percent_encode(text);
  if (part == "." || part == "..") part = "%2E" + part.substr(1);
  return part.size() <= kMaxPathPart ? part : base::sha256_hex(text);
}

bool is_set(const std::map<std::string, std::string>& config, const std::string& key) {
  const auto found = config.find(key);
  return found != config.end() && base::iequals(base::trim(found->second), "true");
}

model::OptionSources option_sources(const LauncherParts& parts, const model::Job& job, const vault::SecretUser& user) {
  return {vault::reading_for(parts.read_secret, user),
          [&](const model::Option& option, const std::string& id) -> std::optional<std::string> {
            const auto upload = parts.uploads.find(id);
            if (!upload || upload->job_uuid != job.uuid || upload->option_name != option.name) {
              return "File ref \"" + id + "\" is not a valid for job " + job.uuid + ", option " + option.name;
            }
            if (upload->execution) {
              return "File ref \"" + id + "\" cannot be used because it was used for execution " +
                     std::to_string(*upload->execution);
            }
            if (upload->state != "temp") {
              return "File ref \"" + id + "\" cannot be used because it is in state: " + upload->state;
            }
            return std::nullopt;
          }};
}

}  // namespace

Result<void> check_enabled(const model::Job& job, const std::map<std::string, std::string>& project_config) {
  constexpr const char* code = "api.error.job.disabled";
  if (is_set(project_config, "project.disable.executions")) {
    return fail(ErrorKind::invalid, "Project execution is disabled", code);
  }
  if (!job.execution_enabled) return fail(ErrorKind::invalid, "Job execution is disabled", code);
  return {};
}

model::Job with_chosen_nodes(RunRequest& request) {
  auto job = std::move(request.job);
  if (!request.failed_nodes_only.empty()) {
    request.node_filter = model::join_args({"name:", base::join(request.failed_nodes_only, ",")});
  }
  if (request.node_filter) {
    if (!job.node_filters) job.node_filters.emplace();
    job.node_filters->filter = *request.node_filter;
    job.node_filters->filter_exclude.clear();
  } else if (job.node_filters && !job.nodes_selected_by_default && request.type != "scheduled" && !request.retry_of) {
    job.node_filters->filter.clear();
    job.node_filters->filter_exclude.clear();
  }
  return job;
}

std::optional<std::int64_t> running_limit(const model::Job& job) {
  if (job.uuid.empty()) return std::nullopt;
  if (!job.multiple_executions || queue_size(job)) return 1;  // a queue overrides multiple executions
  const auto most = base::parse_int(base::trim(job.max_multiple_executions));
  return most && *most > 0 ? most : std::nullopt;
}

std::optional<std::int64_t> queue_size(const model::Job& job) {
  const Json* queue = find(job.extra, "jobQueue");
  if (queue == nullptr || !queue->is_object() || job.uuid.empty()) return std::nullopt;
  const Json* enabled = find(queue->get_object(), "enabled");
  if (enabled == nullptr || scalar_text(*enabled).value_or("") != "true") return std::nullopt;
  const Json* size = find(queue->get_object(), "size");
  const auto limit = size == nullptr ? std::nullopt : base::parse_int(scalar_text(*size).value_or(""));
  return limit && *limit > 0 ? *limit : std::numeric_limits<std::int64_t>::max();
}

std::string summary_of(const model::Workflow& workflow) {
  if (workflow.steps.empty()) return "[Empty workflow]";
  auto text = summary_of_step(workflow.steps.front());
  if (text.size() > kMaxSummary) text = base::repair_utf8(text.substr(0, kMaxSummary));
  if (workflow.steps.size() > 1) text += " [... " + std::to_string(workflow.steps.size()) + " steps]";
  return text;
}

std::string new_log_path(const model::Execution& execution) {
  const auto place = execution.job_uuid.empty() ? std::string("run") : "job/" + path_part(execution.job_uuid);
  return path_part(execution.project) + "/" + place + "/logs/" + execution.uuid + ".rdlog";
}

Result<RunPlan> make_plan(const LauncherParts& parts, const model::Incarnation& here, RunRequest request,
                          std::map<std::string, std::string> project_config) {
  auto job = with_chosen_nodes(request);
  const auto declared = job.options;
  const vault::SecretUser user{request.user, request.roles};
  if (parts.fill_options && request.type != "scheduled") parts.fill_options(job, request.options, user, project_config);
  auto options = model::resolve_options(job, request.options, option_sources(parts, job, user));
  if (!options) {
    return fail(options.error().kind, "Job options were not valid: " + options.error().message,
                "api.error.job.options-invalid");
  }
  job.options = declared;
  for (auto& [name, value] : options->plain) value = model::expand_dates(value, parts.clock.now());
  options->arg_string = model::make_arg_string(job.options, options->plain);
  RunPlan plan;
  auto& execution = plan.execution;
  execution.uuid = base::new_uuid();
  execution.project = job.project;
  execution.job_uuid = job.uuid;
  if (!job.uuid.empty()) {
    execution.job_name = job.name;
    execution.job_group = job.group;
    execution.job_revision = request.job_revision;
  } else {
    execution.ad_hoc = job;
  }
  execution.type = request.type;
  execution.user = request.user;
  execution.roles = std::move(request.roles);
  execution.description = summary_of(job.workflow);
  execution.arg_string = options->arg_string;
  execution.options = options->plain;
  execution.log_level = request.log_level.value_or(job.log_level);
  if (job.node_filters) execution.node_filter = job.node_filters->filter;
  execution.retry_attempt = request.retry_attempt;
  execution.retry_of = request.retry_of;
  execution.original = request.original;
  execution.server_uuid = here.uuid;
  execution.incarnation = here.number;
  execution.log_path = new_log_path(execution);
  if (!request.meta.empty()) {
    JsonObject meta;
    for (const auto& [key, value] : request.meta) meta[key] = value;
    execution.extra["meta"] = std::move(meta);
  }
  plan.options = std::move(*options);
  plan.given = std::move(request.options);
  plan.project_config = std::move(project_config);
  plan.job = std::make_shared<const model::Job>(std::move(job));
  return plan;
}

}  // namespace qd::engine
