#include "model/job_rules.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "model/cron_schedule.hpp"
#include "model/regex.hpp"

namespace qd::model {
namespace {

using Flaw = std::optional<JobFlaw>;

constexpr std::string_view word_characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

bool consists_of(std::string_view text, std::string_view also) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return word_characters.find(c) != std::string_view::npos || also.find(c) != std::string_view::npos;
  });
}

bool refers_to_option(std::string_view text) {
  return text.find("${") != std::string_view::npos;
}

Flaw check_name(const Job& job) {
  if (base::trim(job.name).empty()) return JobFlaw{{"name"}, "'name' is required"};
  if (job.name.find('/') != std::string::npos) {
    return JobFlaw{{"name"}, "'name' must not contain \"/\"; use 'group' for the folder"};
  }
  if (job.name.size() > 1024) return JobFlaw{{"name"}, "'name' must have at most 1024 characters"};
  if (!job.uuid.empty() && (!consists_of(job.uuid, "-.+") || job.uuid.front() == '.')) {
    return JobFlaw{{"uuid"}, "'uuid' may hold letters, digits and -_.+ only, not \"" + job.uuid + "\""};
  }
  return {};
}

Flaw check_group(const Job& job) {
  if (job.group.size() > 2048) return JobFlaw{{"group"}, "'group' must have at most 2048 characters"};
  if (job.group.empty()) return {};
  const bool absolute = job.group.front() == '/' || job.group.front() == '\\' ||
                        (job.group.size() > 2 && job.group[1] == ':' && (job.group[2] == '\\' || job.group[2] == '/'));
  if (absolute) return JobFlaw{{"group"}, "'group' must be a relative path, not \"" + job.group + "\""};
  for (const std::string& part : base::split(base::replace_all(job.group, "\\", "/"), '/')) {
    if (part == "." || part == "..") return JobFlaw{{"group"}, "'group' must not contain \"" + part + "\""};
  }
  return {};
}

Flaw check_settings(const Job& job) {
  static const std::set<std::string, std::less<>> levels{"DEBUG", "VERBOSE", "INFO", "WARN", "ERROR"};
  if (!levels.contains(job.log_level)) {
    return JobFlaw{{"loglevel"},
                   "'loglevel' must be DEBUG, VERBOSE, INFO, WARN or ERROR, not \"" + job.log_level + "\""};
  }
  if (job.retry && !job.retry->count.empty() && !refers_to_option(job.retry->count)) {
    const auto count = base::parse_int(job.retry->count);
    if (!count || *count < 0) {
      return JobFlaw{{"retry"},
                     "'retry' must be a number of retries or an option reference, not \"" + job.retry->count + "\""};
    }
  }
  return {};
}

Flaw check_schedule(const Job& job) {
  if (const auto zone = TimeZone::find(job.time_zone); !zone) return JobFlaw{{"timeZone"}, zone.error().message};
  if (!job.schedule) return {};
  const auto cron = Cron::parse(job.schedule->expression());
  if (!cron) return JobFlaw{{"schedule"}, "schedule: " + cron.error().message};
  return {};
}

// ---- options ----

bool default_is_allowed(const Option& option) {
  const auto allowed = [&](const std::string& value) {
    return std::find(option.values.begin(), option.values.end(), value) != option.values.end();
  };
  if (!option.multivalued) return allowed(*option.value);
  const std::string delimiter = option.delimiter.empty() ? "," : option.delimiter;
  for (std::size_t start = 0; start <= option.value->size();) {
    const std::size_t end = std::min(option.value->find(delimiter, start), option.value->size());
    if (!allowed(option.value->substr(start, end - start))) return false;
    start = end + delimiter.size();
  }
  return true;
}

// What is wrong with one option: its key and the rest of the sentence.
struct OptionFlaw {
  const char* key;
  std::string message;
};

std::optional<OptionFlaw> check_values(const Option& option) {
  const bool has_default = option.value.has_value() && !option.value->empty();
  if (option.enforced && option.values.empty() && option.values_url.empty() && option.values_plugin.empty()) {
    return OptionFlaw{"enforced", "'enforced' needs 'values' or 'valuesUrl'"};
  }
  if (option.enforced && !option.values.empty() && has_default && !default_is_allowed(option)) {
    return OptionFlaw{"value", "the default \"" + *option.value + "\" is none of its 'values', and 'enforced' is set"};
  }
  if (option.hidden && option.secure && option.storage_path.empty()) {
    return OptionFlaw{"hidden", "a hidden secure option needs a 'storagePath'"};
  }
  if (option.hidden && !option.secure && !has_default) {
    return OptionFlaw{"hidden", "a hidden option needs a default 'value'"};
  }
  return {};
}

std::optional<OptionFlaw> check_option(const Option& option, bool scheduled) {
  if (option.name.empty()) return OptionFlaw{"name", "'name' is required"};
  if (!consists_of(option.name, ".-")) {
    return OptionFlaw{"name", "'name' may hold letters, digits, _, . and - only"};
  }
  if (option.multivalued && option.secure) {
    return OptionFlaw{"multivalued", "'multivalued' and 'secure' exclude each other"};
  }
  if (!option.storage_path.empty() && !option.storage_path.starts_with("keys/") &&
      !option.storage_path.starts_with("/keys/")) {
    return OptionFlaw{"storagePath", "'storagePath' must start with keys/, not \"" + option.storage_path + "\""};
  }
  if (const auto regex = Regex::compile(option.regex); !regex) {
    return OptionFlaw{"regex", "'regex' is no regular expression: " + regex.error().message};
  }
  if (option.date_format.size() > 30) return OptionFlaw{"dateFormat", "'dateFormat' must have at most 30 characters"};
  if (option.type.size() > 255) return OptionFlaw{"type", "'type' must have at most 255 characters"};
  if (scheduled && option.required && option.type == "file") {
    return OptionFlaw{"required", "a scheduled job cannot require a file"};
  }
  if (scheduled && option.required && !option.value && option.storage_path.empty() && option.values_url.empty()) {
    return OptionFlaw{"required", "a scheduled job needs a default 'value' for it"};
  }
  return check_values(option);
}

Flaw check_options(const Job& job) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < job.options.size(); ++i) {
    const Option& option = job.options[i];
    const std::string subject =
        option.name.empty() ? "option " + std::to_string(i + 1) : "option \"" + option.name + "\"";
    const auto flaw = check_option(option, job.schedule.has_value());
    if (flaw) return JobFlaw{{"options", std::to_string(i), flaw->key}, subject + ": " + flaw->message};
    if (!names.insert(option.name).second) {
      return JobFlaw{{"options", std::to_string(i), "name"}, subject + " is there twice"};
    }
  }
  return {};
}

// ---- steps ----

bool runs_on_nodes(const Step& step) {
  if (const auto* job = std::get_if<JobRefStep>(&step.action)) return job->node_step;
  if (const auto* plugin = std::get_if<PluginStep>(&step.action)) return plugin->node_step;
  return true;
}

std::string action_flaw(const Step& step) {
  if (const auto* command = std::get_if<CommandStep>(&step.action)) {
    return command->command.empty() ? "the command is empty" : "";
  }
  if (const auto* script = std::get_if<ScriptStep>(&step.action)) {
    if (!script->script.empty()) return "";
    return script->source == ScriptStep::Source::text ? "the script is empty" : "the script's path or URL is empty";
  }
  if (const auto* job = std::get_if<JobRefStep>(&step.action)) {
    return job->name.empty() && job->uuid.empty() ? "the job reference needs a name or a uuid" : "";
  }
  return std::get<PluginStep>(step.action).type.empty() ? "the plugin step needs a 'type'" : "";
}

std::string step_flaw(const Step& step) {
  std::string flaw = action_flaw(step);
  if (flaw.empty() && step.description.size() > 1024) flaw = "'description' must have at most 1024 characters";
  return flaw;
}

Flaw check_steps(const Job& job) {
  const auto& steps = job.workflow.steps;
  if (steps.empty()) return JobFlaw{{"sequence"}, "'sequence' must hold at least one command"};
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::vector<std::string> path{"sequence", "commands", std::to_string(i)};
    const std::string subject = "step " + std::to_string(i + 1);
    if (const std::string flaw = step_flaw(steps[i]); !flaw.empty()) return JobFlaw{path, subject + ": " + flaw};
    if (steps[i].error_handler.empty()) continue;
    const Step& handler = steps[i].error_handler.front();
    if (const std::string flaw = step_flaw(handler); !flaw.empty()) {
      return JobFlaw{path, subject + " error handler: " + flaw};
    }
    if (job.workflow.strategy == "node-first" && runs_on_nodes(steps[i]) && !runs_on_nodes(handler)) {
      return JobFlaw{path, subject + ": a step that runs on nodes needs an error handler that does too"};
    }
  }
  return {};
}

Flaw check_notifications(const Job& job) {
  for (const Notification& notification : job.notifications) {
    const std::vector<std::string> path{"notification", notification.trigger};
    const std::string subject = "notification " + notification.trigger;
    if (notification.kind == Notification::Kind::email && text_or(notification.config, "recipients").empty()) {
      return JobFlaw{path, subject + ": 'email' needs 'recipients'"};
    }
    if (notification.kind == Notification::Kind::webhook && text_or(notification.config, "urls").empty()) {
      return JobFlaw{path, subject + ": the webhook needs 'urls'"};
    }
  }
  return {};
}

}  // namespace

std::optional<JobFlaw> find_flaw(const Job& job) {
  for (const auto check :
       {check_name, check_group, check_settings, check_options, check_steps, check_schedule, check_notifications}) {
    if (Flaw flaw = check(job)) return flaw;
  }
  return {};
}

std::optional<JobFlaw> find_schedule_flaw(const Job& job, UnixMillis now) {
  if (!job.schedule) return {};
  const auto schedule = read_live_schedule(*job.schedule, job.time_zone, now);
  if (schedule) return {};
  return JobFlaw{{"schedule"}, "schedule: " + schedule.error().message};
}

Result<> validate_job(const Job& job) {
  const auto flaw = find_flaw(job);
  if (!flaw) return {};
  return fail(ErrorKind::invalid, "job \"" + job.name + "\": " + flaw->message + ".");
}

}  // namespace qd::model
