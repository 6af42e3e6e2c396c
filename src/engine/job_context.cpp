#include "engine/job_context.hpp"

#include "base/text.hpp"
#include "model/expand.hpp"

namespace qd::engine {

namespace {

constexpr std::string_view kFrameworkGlobals = "framework.globals.";
constexpr std::string_view kProjectGlobals = "project.globals.";

void add_globals(model::DataContext::Group& globals, const std::map<std::string, std::string>& settings,
                 std::string_view prefix) {
  for (auto entry = settings.lower_bound(std::string(prefix)); entry != settings.end(); ++entry) {
    if (!entry->first.starts_with(prefix)) break;
    globals[entry->first.substr(prefix.size())] = entry->second;
  }
}

std::string id_or_zero(const std::optional<model::ExecutionId>& id) {
  return id ? std::to_string(*id) : "0";
}

model::DataContext::Group job_group(const LauncherConfig& config, const model::Execution& execution,
                                    const model::Job& job) {
  const auto id = std::to_string(execution.id);
  model::DataContext::Group group{
      {"execid", id},
      {"executionType", execution.type},
      {"executionUuid", execution.uuid},
      {"loglevel", execution.log_level},
      {"project", execution.project},
      {"retryAttempt", std::to_string(execution.retry_attempt)},
      {"retryInitialExecId", id_or_zero(execution.original)},
      {"retryPrevExecId", id_or_zero(execution.retry_of)},
      {"serverUrl", config.server_url + "/"},
      {"serverUUID", config.server_uuid},
      {"url", config.server_url + "/project/" + execution.project + "/execution/show/" + id},
      {"user.name", execution.user},
      {"username", execution.user},
      {"wasRetry", execution.retry_attempt > 0 ? "true" : "false"},
      {"threadcount", "1"},
  };
  if (job.node_filters) {
    group["threadcount"] = job.node_filters->dispatch.threadcount.value_or("1");
    if (!job.node_filters->filter.empty()) group["filter"] = job.node_filters->filter;
  }
  if (!job.uuid.empty()) {
    group["id"] = job.uuid;
    group["name"] = job.name;
    group["group"] = job.group;
    const bool empty_is_fine =
        job.node_filters && job.node_filters->dispatch.success_on_empty_node_filter.value_or(false);
    group["successOnEmptyNodeFilter"] = empty_is_fine ? "true" : "false";
  }
  return group;
}

}  // namespace

std::map<std::string, std::string> merged_settings(const LauncherConfig& config,
                                                   const std::map<std::string, std::string>& project) {
  auto settings = config.settings;
  for (const auto& [key, value] : project) settings[key] = value;
  return settings;
}

model::DataContext::Group option_group(const model::Job& job, const model::RunOptions& options,
                                       const model::DataContext& globals) {
  auto group = options.visible();
  for (auto& [name, value] : group) {
    if (value.find("${globals.") == std::string::npos) continue;
    model::DataContext only_globals;
    only_globals.set_group("globals", globals.group("globals"));
    value = model::expand_text(value, only_globals);
  }
  for (const auto& option : job.options) {
    if (option.multivalued) group[option.name + ".delimiter"] = option.delimiter.empty() ? "," : option.delimiter;
  }
  return group;
}

model::DataContext make_context(const LauncherConfig& config, const std::map<std::string, std::string>& settings,
                                const model::Execution& execution, const model::Job& job,
                                const model::RunOptions& options) {
  model::DataContext context;
  model::DataContext::Group globals;
  add_globals(globals, settings, kFrameworkGlobals);
  add_globals(globals, settings, kProjectGlobals);
  context.set_group("globals", std::move(globals));
  context.set_group("job", job_group(config, execution, job));
  context.set_group("execution", {{"id", std::to_string(execution.id)},
                                  {"uuid", execution.uuid},
                                  {"project", execution.project},
                                  {"user", execution.user},
                                  {"type", execution.type}});
  context.set_group("option", option_group(job, options, context));
  return context;
}

}  // namespace qd::engine
