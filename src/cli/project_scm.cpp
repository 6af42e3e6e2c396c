// Jobs in git repositories: the verbs and options of `rd projects scm`.
#include "cli/input_file.hpp"
#include "cli/listing.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"

namespace qd::cli {
namespace {

struct Target {
  std::string project, integration;
  std::string path(const std::vector<std::string>& rest) const {
    std::vector<std::string> segments{"project", project, "scm", integration};
    segments.insert(segments.end(), rest.begin(), rest.end());
    return api_path(segments);
  }
};

Result<Target> target_of(const Context& context) {
  auto project = context.project();
  if (!project) return fail(project.error());
  return Target{*project, context.args.text("integration")};
}

// An answer that says itself whether it went well, be its status 200 or 400.
struct Outcome {
  JsonObject body;
  bool refused = false;
};

Result<Outcome> post(const Context& context, const std::string& path, std::string body) {
  Call call;
  call.method = "POST";
  call.path = path;
  call.body = std::move(body);
  call.content_type = "application/json";
  std::string text;
  call.on_data = [&](std::string_view piece) {
    text += piece;
    return true;
  };
  const auto answer = context.api.raw(call);
  if (!answer) return fail(answer.error());
  auto json = parse_json(text.empty() ? answer->body : text);
  if (!json || !json->is_object())
    return fail(ErrorKind::internal, "The server answered " + std::to_string(answer->status) + " with no JSON.");
  auto& object = json->as_object();
  if (find(object, "success") == nullptr) {
    const auto kind = answer->status == 403   ? ErrorKind::unauthorized
                      : answer->status == 404 ? ErrorKind::not_found
                                              : ErrorKind::invalid;
    return fail(kind, text_or(object, "message", "The server answered " + std::to_string(answer->status)));
  }
  return Outcome{std::move(object), answer->status == 400};
}

// What rd prints of it. The exit code: 0, or `bad`.
int show_outcome(const Context& context, const Outcome& outcome, const std::string& what, int bad) {
  const bool success = truth_or(outcome.body, "success", false);
  if (context.out.for_programs()) {
    context.out.data(Json(outcome.body));
    return success ? exit_code::done : bad;
  }
  const std::string message = text_or(outcome.body, "message");
  if (success) {
    context.out.note(what + " was successful.");
  } else {
    context.out.error(what + " failed");
  }
  if (!message.empty()) success ? context.out.note("Result: " + message) : context.out.warn(message);
  if (const auto* flaws = find(outcome.body, "validationErrors"); flaws != nullptr && flaws->is_object())
    context.out.data(*flaws);
  if (const std::string next = text_or(outcome.body, "nextAction"); !next.empty())
    context.out.text("Next Action: " + next);
  return success ? exit_code::done : bad;
}

Result<int> show_plugins(Context& context) {
  auto target = target_of(context);
  if (!target) return fail(target.error());
  auto answer = context.api.get(target->path({"plugins"}));
  if (!answer) return fail(answer.error());
  const auto* plugins = find(*answer, "plugins");
  context.out.data(plugins == nullptr ? Json(JsonArray()) : *plugins);
  return exit_code::done;
}

Result<int> show_setup_inputs(Context& context) {
  auto target = target_of(context);
  if (!target) return fail(target.error());
  auto answer = context.api.get(target->path({"plugin", context.args.text("type"), "input"}));
  if (!answer) return fail(answer.error());
  const auto* fields = find(*answer, "fields");
  context.out.data(context.args.has("verbose") || fields == nullptr ? *answer : *fields);
  return exit_code::done;
}

Result<int> show_config(Context& context) {
  auto target = target_of(context);
  if (!target) return fail(target.error());
  auto answer = context.api.get(target->path({"config"}));
  if (!answer) return fail(answer.error());
  const JsonObject view = plain_view(*answer);
  const auto* config = find(view, "config");
  const Json kept(JsonObject{{"config", config == nullptr ? Json(JsonObject()) : *config}});
  note_above(context, "Project: " + text_or(view, "project") + ", SCM plugin " + text_or(view, "type") + " (" +
                          text_or(view, "integration") + ", " +
                          (truth_or(view, "enabled", false) ? "enabled" : "disabled") + ")");
  if (!context.args.has("file")) {
    context.out.data(kept);
    return exit_code::done;
  }
  const std::string file = context.args.text("file");
  if (auto written = write_file(file, boost::json::serialize(kept) + "\n"); !written) return fail(written.error());
  context.out.note("Wrote config to file: " + file);
  return exit_code::done;
}

Result<int> set_up(Context& context) {
  auto target = target_of(context);
  if (!target) return fail(target.error());
  const std::string file = context.args.text("file");
  auto body = file == "-" ? read_stream(context.in, "Standard input") : read_file(file);
  if (!body) return fail(body.error());
  auto outcome = post(context, target->path({"plugin", context.args.text("type"), "setup"}), std::move(*body));
  if (!outcome) return fail(outcome.error());
  return show_outcome(context, *outcome, "Setup", exit_code::partly);
}

Result<int> switch_plugin(const Context& context, const std::string& verb, const std::string& what) {
  auto target = target_of(context);
  if (!target) return fail(target.error());
  auto outcome = post(context, target->path({"plugin", context.args.text("type"), verb}), "{}");
  if (!outcome) return fail(outcome.error());
  return show_outcome(context, *outcome, what, exit_code::partly);
}
Result<int> enable_plugin(Context& context) {
  return switch_plugin(context, "enable", "Enable");
}
Result<int> disable_plugin(Context& context) {
  return switch_plugin(context, "disable", "Disable");
}

Result<int> show_status(Context& context) {
  auto target = target_of(context);
  if (!target) return fail(target.error());
  auto answer = context.api.get(target->path({"status"}));
  if (!answer) return fail(answer.error());
  JsonObject view = plain_view(*answer);
  const std::string state = text_or(view, "synchState");
  view.erase("project");
  view.erase("integration");
  context.out.data(Json(view));
  return state == "CLEAN" ? exit_code::done : exit_code::partly;
}

Result<Json> inputs_of(const Context& context, const Target& target) {
  return context.api.get(target.path({"action", context.args.text("action"), "input"}));
}

Result<int> show_inputs(Context& context) {
  auto target = target_of(context);
  if (!target) return fail(target.error());
  auto answer = inputs_of(context, *target);
  if (!answer) return fail(answer.error());
  if (context.args.has("verbose") || context.out.for_programs()) {
    context.out.data(*answer);
    return exit_code::done;
  }
  const JsonObject view = plain_view(*answer);
  context.out.text(text_or(view, "title") + ": " + text_or(view, "description"));
  for (const auto& [heading, key] :
       {std::pair<const char*, std::string>{"Fields:", "fields"}, {"Items:", target->integration + "Items"}}) {
    context.out.text(heading);
    if (const auto* list = find(view, key); list != nullptr && list->is_array()) context.out.data(*list);
  }
  return exit_code::done;
}

JsonArray words_of(const std::vector<std::string>& words) {
  return JsonArray(words.begin(), words.end());
}

// The items that -A, -M, -D, -T and -U stand for are asked of the server.
Result<> add_items(const Context& context, const Target& target, JsonObject& body) {
  const auto has = [&](const char* name) { return context.args.has(name); };
  const bool exports = target.integration == "export";
  const bool asks =
      has("allitems") || (exports ? has("allmodified") || has("alldeleted") : has("alltracked") || has("alluntracked"));
  if (!asks) return {};
  auto answer = inputs_of(context, target);
  if (!answer) return fail(answer.error());
  JsonArray items, deleted;
  for (const JsonObject& item : views(find(*answer, target.integration + "Items"), plain_view)) {
    const bool gone = truth_or(item, "deleted", false);
    const std::string id = text_or(item, "itemId");
    if (exports) {
      if (!gone && (has("allitems") || has("allmodified"))) items.emplace_back(id);
      if (gone && (has("allitems") || has("alldeleted"))) deleted.emplace_back(id);
      continue;
    }
    const bool tracked = truth_or(item, "tracked", false);
    if (!has("allitems") && !has(tracked ? "alltracked" : "alluntracked")) continue;
    if (!gone) items.emplace_back(id);
    if (const auto* job = find(item, "job"); gone && job != nullptr && job->is_object())
      deleted.emplace_back(text_or(job->get_object(), "jobId"));
  }
  for (auto& one : items) body["items"].as_array().push_back(std::move(one));
  auto& gone = body[exports ? "deleted" : "deletedJobs"].as_array();
  for (auto& one : deleted) gone.push_back(std::move(one));
  return {};
}

Result<int> perform(Context& context) {
  auto target = target_of(context);
  if (!target) return fail(target.error());
  JsonObject input;
  for (const std::string& word : context.args.list("field")) {
    const auto equals = word.find('=');
    if (equals == std::string::npos) return fail(ErrorKind::invalid, "--field " + word + ": write it as NAME=VALUE.");
    input[word.substr(0, equals)] = word.substr(equals + 1);
  }
  const bool exports = target->integration == "export";
  const JsonArray given = words_of(context.args.list("delete"));
  JsonObject body{{"input", std::move(input)},
                  {"items", words_of(context.args.list("item"))},
                  {"jobs", words_of(context.args.list("job"))},
                  {"deleted", exports ? given : JsonArray()},
                  {"deletedJobs", exports ? JsonArray() : given}};
  if (auto added = add_items(context, *target, body); !added) return fail(added.error());
  const std::string action = context.args.text("action");
  auto outcome = post(context, target->path({"action", action}), boost::json::serialize(body));
  if (!outcome) return fail(outcome.error());
  return show_outcome(context, *outcome, "Action " + action, outcome->refused ? exit_code::failed : exit_code::partly);
}

}  // namespace

Commands project_scm_commands() {
  const Options which{project_option(),
                      required(choice("-i,--integration", {"import", "export"}, "Which of the two."))};
  const OptionSpec type = required(text("-t,--type", "TYPE", "The plugin: git-export or git-import."));
  const OptionSpec action = required(text("-a,--action", "ID", "The action, as `status` lists them."));
  const OptionSpec verbose = flag("-v,--verbose", "The whole answer.");
  return {
      {"projects scm plugins",
       "List the plugins of an integration.",
       "",
       which,
       {"qd projects scm plugins -p ops -i export"},
       show_plugins},
      {"projects scm setupinputs",
       "List the settings of a plugin.",
       "",
       join_options({which, {type, verbose}}),
       {"qd projects scm setupinputs -p ops -i export -t git-export"},
       show_setup_inputs},
      {"projects scm setup",
       "Set a plugin up, from a file as `config -f` writes it.",
       "",
       join_options({which, {type, required(text("-f,--file", "FILE", "JSON file; \"-\" is standard input."))}}),
       {"qd projects scm setup -p ops -i export -t git-export -f export.json"},
       set_up},
      {"projects scm config",
       "Print the configuration of an integration, or write it to a file.",
       "",
       join_options({which, {text("-f,--file", "FILE", "File that it is written to, as JSON.")}}),
       {"qd projects scm config -p ops -i export", "qd projects scm config -p ops -i export -f export.json"},
       show_config},
      {"projects scm status",
       "Print the state of an integration; the exit code is 0 when it is clean.",
       "",
       which,
       {"qd projects scm status -p ops -i import"},
       show_status},
      {"projects scm enable",
       "Enable a plugin that is set up.",
       "",
       join_options({which, {type}}),
       {"qd projects scm enable -p ops -i import -t git-import"},
       enable_plugin},
      {"projects scm disable",
       "Disable a plugin; its configuration stays.",
       "",
       join_options({which, {type}}),
       {"qd projects scm disable -p ops -i import -t git-import"},
       disable_plugin},
      {"projects scm inputs",
       "List the fields and items of an action.",
       "",
       join_options({which, {action, verbose}}),
       {"qd projects scm inputs -p ops -i export -a project-commit"},
       show_inputs},
      {"projects scm perform",
       "Perform an action.",
       "",
       join_options(
           {which,
            {action, list("-f,--field", "NAME=VALUE", "Values of the action's fields."),
             list("-I,--item", "ITEM", "Items to include."), list("-j,--job", "ID", "Jobs to include."),
             list("-d,--delete", "ID", "Items to delete; jobs, of an import."), flag("-A,--allitems", "All items."),
             flag("-M,--allmodified", "All items that are not deleted (export)."),
             flag("-D,--alldeleted", "All deleted items (export)."),
             flag("-T,--alltracked", "All items of jobs that are there (import)."),
             flag("-U,--alluntracked", "All items without a job (import).")}}),
       {"qd projects scm perform -p ops -i export -a project-commit -f message='Nightly jobs' push=true -A",
        "qd projects scm perform -p ops -i import -a import-jobs -A"},
       perform},
  };
}

}  // namespace qd::cli
