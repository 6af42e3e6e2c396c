#include "plugin/script.hpp"

#include <filesystem>
#include <fstream>

#include "base/text.hpp"
#include "model/arg_string.hpp"
#include "model/expand.hpp"

namespace qd::plugin {

namespace {

constexpr std::uintmax_t kMaxScript = 64u << 20;
constexpr std::size_t kShown = 300;

std::string plain_name(std::string text) {
  for (char& c : text) {
    const bool fine =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    if (!fine) c = '_';
  }
  return text.empty() || text.front() == '.' ? "_" + text : text;
}

std::string var_folder(const ScriptHost& host, const ScriptCall& call) {
  return host.var_folder + "/" + plain_name(call.project) + "/" + plain_name(call.plugin->artifact);
}

// One word for an interpreter that takes the whole command line, as `bash -c` does.
std::string quoted_line(const std::string& file, const std::vector<std::string>& args) {
  std::string line = base::shell_quote(file);
  for (const auto& arg : args) line += " " + base::shell_quote(arg);
  return line;
}

}  // namespace

model::DataContext context_of(const ScriptHost& host, const ScriptCall& call) {
  auto context = call.context;
  context.set_group("config", call.settings.values);
  context.set_group("plugin", {{"base", call.plugin->contents},
                               {"file", call.plugin->path},
                               {"scriptfile", call.plugin->script()},
                               {"vardir", var_folder(host, call)},
                               {"tmpdir", host.temp_folder}});
  auto rundeck = context.group("rundeck");
  rundeck["base"] = host.base_folder;
  rundeck["project"] = call.project;
  context.set_group("rundeck", std::move(rundeck));
  return context;
}

std::vector<std::string> arguments_of(const Provider& provider, model::DataContext context) {
  auto config = context.group("config");
  for (const auto& property : provider.properties) config.try_emplace(property.name);
  context.set_group("config", std::move(config));
  return model::expand_arguments(provider.args, context);
}

node::ProcessSpec process_of(const ScriptHost& host, const ScriptCall& call) {
  const auto& provider = call.plugin->provider;
  const auto context = context_of(host, call);
  const auto args = arguments_of(provider, context);
  node::ProcessSpec spec;
  spec.argv = model::split_args(provider.interpreter);
  if (provider.args_quoted && !spec.argv.empty()) {
    spec.argv.push_back(quoted_line(call.plugin->script(), args));
  } else {
    spec.argv.push_back(call.plugin->script());
    spec.argv.insert(spec.argv.end(), args.begin(), args.end());
  }
  auto variables = context.environment();
  for (const auto& [name, value] : call.secure_options) variables[model::environment_name("private", name)] = value;
  for (const auto& [name, value] : host.environment) variables[name] = value;
  if (provider.merge_environment) {
    spec.environment = node::merged_environment(variables);
  } else {
    for (const auto& [name, value] : variables) {
      if (value.find('\0') == std::string::npos) spec.environment.push_back(name + "=" + value);
    }
  }
  spec.input = call.input;
  return spec;
}

Result<std::string> script_text(const Installed& plugin) {
  std::error_code error;
  const auto size = std::filesystem::file_size(plugin.script(), error);
  if (error)
    return fail(ErrorKind::not_found, "The script '" + plugin.script() + "' cannot be read: " + error.message());
  if (size > kMaxScript)
    return fail(ErrorKind::too_large, "The script '" + plugin.script() + "' is larger than 64 MiB");
  std::ifstream file(plugin.script(), std::ios::binary);
  std::string text(size, '\0');
  if (!file.read(text.data(), static_cast<std::streamsize>(size))) {
    return fail(ErrorKind::unavailable, "The script '" + plugin.script() + "' cannot be read");
  }
  return text;
}

void prepare(const ScriptHost& host, const ScriptCall& call) {
  std::error_code ignored;
  std::filesystem::create_directories(var_folder(host, call), ignored);
}

std::string describe_end(const ScriptEnd& end) {
  using End = node::ProcessResult::End;
  const auto& process = end.process;
  std::string text = process.end == End::not_started ? "it could not be started: " + process.error
                     : process.cancelled             ? "it was ended, as it took too long"
                     : process.end == End::signalled ? "signal " + std::to_string(process.signal)
                                                     : "exit code " + std::to_string(process.exit_code);
  auto said = std::string(base::trim(end.err.empty() ? end.out : end.err));
  if (said.size() > kShown) said = said.substr(said.size() - kShown);
  if (!said.empty()) text += ": " + base::repair_utf8(said);
  return text;
}

ScriptEnd run_blocking(const ScriptParts& parts, const ScriptCall& call, Millis limit, std::size_t most_output,
                       const std::function<bool()>& cancelled) {
  prepare(parts.host, call);
  return node::run_blocking(parts.loop, parts.pool, process_of(parts.host, call), limit, most_output, cancelled);
}

}  // namespace qd::plugin
