// plugin.yaml: what a script plugin provides, and how its scripts are run.
// Source: "Script Plugin Development" in docs/developer/01-plugin-development.md of the peer's documentation.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"

namespace qd::plugin {

namespace service {
inline constexpr const char* workflow_step = "WorkflowStep";
inline constexpr const char* node_step = "WorkflowNodeStep";
inline constexpr const char* remote_script = "RemoteScriptNodeStep";
inline constexpr const char* node_executor = "NodeExecutor";
inline constexpr const char* file_copier = "FileCopier";
inline constexpr const char* node_source = "ResourceModelSource";
inline constexpr const char* notification = "Notification";
inline constexpr const char* option_values = "OptionValues";
inline constexpr const char* log_filter = "LogFilter";
inline constexpr const char* orchestrator = "Orchestrator";
inline constexpr const char* strategy = "WorkflowStrategy";
inline constexpr const char* file_storage = "ExecutionFileStorage";
inline constexpr const char* webhook_event = "WebhookEvent";
inline constexpr const char* scm_export = "ScmExport";
inline constexpr const char* scm_import = "ScmImport";
}  // namespace service

// A setting of a provider.
struct Property {
  std::string name, title, description;
  std::string type = "String";  // String, Boolean, Integer, Long, Select, FreeSelect, Options
  std::string fallback;         // "default"
  std::vector<std::string> values;
  std::map<std::string, std::string> labels;  // of values, for people; those without one are shown as they are
  bool required = false;
  std::string scope = "Instance";  // Framework, ProjectOnly, Project, InstanceOnly, Instance
  JsonObject rendering;            // renderingOptions

  std::string option(std::string_view key) const { return text_or(rendering, key); }
};

struct Provider {
  std::string name, service, title, description;
  std::string interpreter;  // words; "" runs the file itself
  std::string file;         // relative to the contents
  std::string args;         // as of model::split_args, with references
  bool args_quoted = false;
  bool merge_environment = true;
  std::string resource_format;         // of ResourceModelSource
  bool use_original_extension = true;  // of RemoteScriptNodeStep
  std::string extension;               // of RemoteScriptNodeStep
  JsonObject meta;
  std::vector<Property> properties;
  std::map<std::string, std::string> project_keys;  // by property: the key of a project's configuration that holds it
};

struct Manifest {
  std::string name, version, rundeck_version, author, date, url, description;
  std::vector<Provider> providers;    // but for those of type `ui`
  std::vector<std::string> left_out;  // why others are not there
};

// Errors say which entry is missing or wrong.
Result<Manifest> parse_manifest(std::string_view yaml);

}  // namespace qd::plugin
