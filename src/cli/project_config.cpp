#include "base/properties.hpp"
#include "cli/config_input.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"

namespace qd::cli {
namespace {

void print_properties(const Context& context, const JsonObject& config) {
  std::map<std::string, std::string> entries;
  for (const auto& [key, value] : config) entries.emplace(key, scalar_text(value).value_or(""));
  context.out.raw(base::write_properties(entries));
}

Result<int> get_config(Context& context) {
  auto project = context.project();
  if (!project) return fail(project.error());
  auto answer = context.api.get(api_path({"project", *project, "config"}));
  if (!answer) return fail(answer.error());
  if (context.out.style().format == Format::properties) {
    print_properties(context, plain_view(*answer));
  } else {
    context.out.data(*answer);
  }
  return exit_code::done;
}

Result<int> set_config(Context& context) {
  auto project = context.project();
  if (!project) return fail(project.error());
  auto config = read_config_input(context, true);
  if (!config) return fail(config.error());
  auto answer = context.api.send_json("PUT", api_path({"project", *project, "config"}), Json(*config));
  if (!answer) return fail(answer.error());
  context.out.note("Project " + *project + " has " + std::to_string(config->size()) + " configuration properties now.");
  return exit_code::done;
}

Result<int> update_config(Context& context) {
  auto project = context.project();
  if (!project) return fail(project.error());
  auto config = read_config_input(context, true);
  if (!config) return fail(config.error());
  context.out.note("Updating " + std::to_string(config->size()) + " configuration properties...");
  for (const auto& [key, value] : *config) {
    const std::string name(key);
    auto answer = context.api.send_json("PUT", api_path({"project", *project, "config", name}),
                                        Json(JsonObject{{"value", value}}));
    if (!answer) return fail(answer.error());
    context.out.note("Updated: " + name);
  }
  return exit_code::done;
}

Result<int> delete_config(Context& context) {
  auto project = context.project();
  if (!project) return fail(project.error());
  const auto keys = context.args.operands();
  if (keys.empty()) return fail(ErrorKind::invalid, "Which keys? Write them after a `--`, e.g.: -- project.label");
  context.out.note("Removing " + std::to_string(keys.size()) + " configuration properties...");
  for (const std::string& key : keys) {
    auto answer = context.api.send("DELETE", api_path({"project", *project, "config", key}));
    if (!answer) return fail(answer.error());
    context.out.note("Removed: " + key);
  }
  return exit_code::done;
}

}  // namespace

Commands project_config_commands() {
  const Options input = join_options({{project_option()}, config_input_options()});
  return {
      {"projects configure get",
       "Print all configuration properties of a project.",
       "",
       {project_option()},
       {"qd projects configure get -p ops", "RD_FORMAT=properties qd projects configure get -p ops > ops.properties"},
       get_config},
      {"projects configure set",
       "Replace the whole configuration of a project; keys that are not given are removed.",
       "[-- --KEY=VALUE...]",
       input,
       {"qd projects configure set -p ops -f ops.properties"},
       set_config},
      {"projects configure update",
       "Set some configuration properties of a project; the others stay.",
       "[-- --KEY=VALUE...]",
       input,
       {"qd projects configure update -p ops -- --project.label=Operations"},
       update_config},
      {"projects configure delete",
       "Remove configuration properties of a project.",
       "-- KEY...",
       {project_option()},
       {"qd projects configure delete -p ops -- project.label"},
       delete_config},
  };
}

}  // namespace qd::cli
