#include "cli/context.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"

namespace qd::cli {
namespace {

Result<JsonObject> system_answer(const Context& context) {
  auto answer = context.api.get("system/info");
  if (!answer) return fail(answer.error());
  const Json* system = find(*answer, "system");
  if (system == nullptr || !system->is_object()) {
    return fail(ErrorKind::internal, "The server's answer about itself holds no \"system\". Is RD_URL right?");
  }
  return system->get_object();
}

Result<int> show_system(Context& context) {
  auto system = system_answer(context);
  if (!system) return fail(system.error());
  context.out.data(Json(*system));
  return exit_code::done;
}

Result<int> show_mode(Context& context) {
  const bool want_active = context.args.has("testactive");
  const bool want_passive = context.args.has("testpassive");
  if (want_active && want_passive) return fail(ErrorKind::invalid, "Use --testactive or --testpassive, not both.");
  auto system = system_answer(context);
  if (!system) return fail(system.error());
  const Json* executions = find(*system, "executions");
  const std::string mode = executions == nullptr ? std::string() : text_or(plain_view(*executions), "executionMode");
  if (mode.empty())
    return fail(ErrorKind::unauthorized,
                "The server does not tell its execution mode; the right to read \"system\" is needed.");
  if (context.out.for_programs()) {
    context.out.data(Json(JsonObject{{"executionMode", mode}}));
  } else {
    context.out.note("Execution Mode is currently:");
    context.out.text(mode);
  }
  const bool active = mode == "active";
  return (want_active && !active) || (want_passive && active) ? exit_code::partly : exit_code::done;
}

Result<int> change_mode(const Context& context, const std::string& action, const std::string& wanted) {
  auto answer = context.api.send("POST", "system/executions/" + action);
  if (!answer) return fail(answer.error());
  const std::string mode = text_or(plain_view(*answer), "executionMode");
  if (context.out.for_programs()) {
    context.out.data(*answer);
  } else if (!context.args.has("quiet")) {
    context.out.note("Execution Mode is now:");
    context.out.text(mode);
  }
  return mode == wanted ? exit_code::done : exit_code::partly;
}

Result<int> set_active(Context& context) {
  return change_mode(context, "enable", "active");
}
Result<int> set_passive(Context& context) {
  return change_mode(context, "disable", "passive");
}

}  // namespace

Commands system_commands() {
  const OptionSpec quiet = flag("-q,--quiet", "Print nothing.");
  return {
      {"system info",
       "Show the server's version, host and figures.",
       "",
       {},
       {"qd system info", "qd system info -o json"},
       show_system},
      {"system mode info",
       "Show whether the server runs executions (active) or not (passive).",
       "",
       {flag("-A,--testactive", "Exit with 1 unless it is active."),
        flag("-P,--testpassive", "Exit with 1 unless it is passive.")},
       {"qd system mode info", "qd system mode info --testactive && echo ready"},
       show_mode},
      {"system mode active", "Let the server run executions.", "", {quiet}, {"qd system mode active"}, set_active},
      {"system mode passive",
       "Let the server start no more executions.",
       "",
       {quiet},
       {"qd system mode passive"},
       set_passive},
  };
}

}  // namespace qd::cli
