// A job: what to run, where, when, and whom to tell. Plain values, one type for every format; codec/ reads and writes
// them.
//
// Source of the fields: the peer's public job formats (job-v20 XML, job-yaml-v12, job-json-v44). Whatever a file holds
// that these types do not name is kept in `extra`, so that import followed by export loses nothing. Text fields that
// may hold an option reference ("${option.retries}") are text here too; they are resolved when a job runs.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/json.hpp"

namespace qd::model {

// A plugin of some service, by its provider name, with its settings (an object; empty when there are none).
struct PluginUse {
  std::string type;
  JsonObject config;
  bool operator==(const PluginUse&) const = default;
};

struct Option {
  std::string name;
  std::string label;
  std::string description;
  std::string type;                  // "" is text; "file" is an uploaded file; others are kept
  JsonObject config;                 // settings of a typed option
  std::optional<std::string> value;  // default value
  std::vector<std::string> values;   // allowed or suggested values
  std::string values_delimiter;      // how XML and forms separate `values`; "" is ","
  std::string values_url;
  JsonObject config_remote_url;  // settings of values_url (authentication, JSON filter)
  std::string values_plugin;     // option values plugin
  std::string regex;
  std::string storage_path;  // secure options: default from key storage
  std::string date_format;   // momentjs format, with is_date
  std::string delimiter;     // between several values, with multivalued; "" is ","
  bool required = false;
  bool enforced = false;  // value must be one of `values`
  bool multivalued = false;
  bool multivalue_all_selected = false;
  bool secure = false;
  bool value_exposed = false;  // a secure value that scripts may see
  bool is_date = false;
  bool hidden = false;
  bool sort_values = false;
  JsonObject extra;
  bool operator==(const Option&) const = default;
};

// How a step or job is spread over nodes. Absent values take the default of the place where the dispatch stands.
struct Dispatch {
  std::optional<std::string> threadcount;
  std::optional<bool> keepgoing;
  std::optional<bool> exclude_precedence;
  std::optional<bool> success_on_empty_node_filter;
  std::optional<bool> node_intersect;  // job references only
  std::string rank_attribute;
  std::optional<bool> rank_ascending;
  JsonObject extra;
  bool operator==(const Dispatch&) const = default;
};

struct NodeFilters {
  std::string filter;  // node filter language; include/exclude maps of old files are turned into it
  std::string filter_exclude;
  Dispatch dispatch;
  JsonObject extra;
  bool operator==(const NodeFilters&) const = default;
};

struct CommandStep {
  std::string command;
  bool operator==(const CommandStep&) const = default;
};

struct ScriptStep {
  enum class Source { text, file, url };
  Source source = Source::text;
  std::string script;  // the text, the path on the server, or the URL
  std::string args;
  std::string interpreter;
  bool interpreter_args_quoted = false;
  std::string file_extension;
  std::optional<bool> expand_tokens;  // files and URLs: whether @…@ is expanded; inline scripts always are
  bool operator==(const ScriptStep&) const = default;
};

struct JobRefStep {
  std::string name;
  std::string group;
  std::string project;  // "" is the job's own
  std::string uuid;
  std::string args;
  bool use_name = false;  // find it by group and name although a uuid is given
  bool node_step = false;
  bool fail_on_disable = false;
  bool child_nodes = false;
  bool import_options = false;
  bool ignore_notifications = false;
  std::optional<NodeFilters> node_filters;
  JsonObject extra;
  bool operator==(const JobRefStep&) const = default;
};

struct PluginStep {
  std::string type;
  bool node_step = false;
  JsonObject configuration;
  bool operator==(const PluginStep&) const = default;
};

struct Step {
  std::variant<CommandStep, ScriptStep, JobRefStep, PluginStep> action;
  std::string description;
  std::vector<Step> error_handler;           // none or one
  std::optional<bool> keepgoing_on_success;  // error handlers only
  JsonObject plugins;                        // by service, e.g. {"LogFilter": [{"type": …, "config": {…}}]}
  JsonObject extra;
  bool operator==(const Step&) const = default;
};

struct Workflow {
  bool keepgoing = false;
  std::string strategy = "node-first";  // node-first, sequential (step-first), parallel, ruleset, or a plugin's
  std::vector<Step> steps;
  JsonObject plugin_config;  // {"LogFilter": […], "WorkflowStrategy": {…}}
  JsonObject extra;
  bool operator==(const Workflow&) const = default;
};

// A Quartz cron expression, kept as the file wrote it: one text, or by parts.
struct Schedule {
  struct Parts {
    std::string seconds = "0", minute = "0", hour = "0";
    std::string month = "*", year = "*";
    std::string day_of_month;  // "" when the weekday decides
    std::string day_of_week;   // "" when the day of the month decides
    bool operator==(const Parts&) const = default;
  };
  std::string crontab;  // used when not empty, else `parts`
  std::optional<Parts> parts;
  JsonObject extra;
  // The six- or seven-field Quartz expression, whatever the written form.
  std::string expression() const;
  bool operator==(const Schedule&) const = default;
};

// Whom to tell at one event of an execution.
struct Notification {
  // "onsuccess", "onfailure", "onstart", "onavgduration", "onretryablefailure"; others are kept.
  std::string trigger;
  enum class Kind { email, webhook, plugin };
  Kind kind = Kind::plugin;
  std::string type;  // provider name, for a plugin
  JsonObject config;  // email: recipients, subject, attachLog…; webhook: urls, httpMethod, format; plugin: its settings
  bool operator==(const Notification&) const = default;
};

struct Retry {
  std::string count;
  std::string delay;  // "30s"; "" is at once
  bool operator==(const Retry&) const = default;
};

struct LogLimit {
  std::string limit;   // "100", "100/node", "5MB"
  std::string action;  // "halt" (or "") or "truncate"
  std::string status;  // status of a halted execution; "" is failed
  bool operator==(const LogLimit&) const = default;
};

struct Job {
  std::string uuid;
  std::string project;  // never part of a file
  std::string name;
  std::string group;  // "a/b", without leading or trailing slash; "" is the top
  std::string description;
  std::string log_level = "INFO";  // DEBUG, VERBOSE, INFO, WARN, ERROR
  Workflow workflow;
  std::vector<Option> options;              // in the order in which they are shown and passed
  std::optional<NodeFilters> node_filters;  // absent: runs on the server node
  bool node_filter_editable = false;
  bool nodes_selected_by_default = true;
  bool exclude_filter_uncheck = false;
  std::optional<PluginUse> orchestrator;
  std::optional<Schedule> schedule;
  std::string time_zone;
  bool schedule_enabled = true;
  bool execution_enabled = true;
  bool multiple_executions = false;
  std::string max_multiple_executions;
  std::string timeout;
  std::optional<Retry> retry;
  std::optional<LogLimit> log_limit;
  std::vector<Notification> notifications;  // in file order
  std::string notify_avg_duration_threshold;
  std::string default_tab;
  JsonObject plugins;  // {"ExecutionLifecycle": {"name": {…}}}
  JsonObject extra;

  // "group/name", or "name" at the top.
  std::string path() const;
  // Kept in `extra`, as a text "nightly, db" or a list.
  std::vector<std::string> tags() const;
  bool operator==(const Job&) const = default;
};

}  // namespace qd::model
