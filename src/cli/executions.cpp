#include "cli/execution_query.hpp"
#include "cli/follow.hpp"
#include "cli/listing.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"

namespace qd::cli {
namespace {

constexpr std::int64_t kDefaultPage = 20;
constexpr const char* kExecutionKeys =
    "id, project, description, argstring, permalink, href, status, job, job.*, user, serverUUID, dateStarted, "
    "dateEnded, "
    "successfulNodes, failedNodes, adhoc";

Listing listing_of(std::vector<JsonObject> executions) {
  return {std::move(executions),
          execution_line,
          {{"ID", "id"},
           {"STATUS", "status"},
           {"STARTED", "dateStarted"},
           {"ENDED", "dateEnded"},
           {"USER", "user"},
           {"JOB", "job.name"},
           {"WHAT", "description"}}};
}

std::int64_t page_size(const Arguments& args) {
  const auto max = args.number("max").value_or(0);
  return max > 0 ? max : kDefaultPage;
}

Result<int> list_running(Context& context) {
  const bool all_projects = context.args.text("project") == "*";
  auto project = all_projects ? Result<std::string>("*") : context.project();
  if (!project) return fail(project.error());
  auto page = fetch_executions(context, api_path({"project", *project, "executions", "running"}), {},
                               page_size(context.args), context.args.number("offset").value_or(0));
  if (!page) return fail(page.error());
  note_above(context, "Running executions: " + std::to_string(page->count) + " items");
  show_list(context, listing_of(std::move(page->executions)));
  return exit_code::done;
}

Result<int> query_executions(Context& context) {
  auto project = context.project();
  if (!project) return fail(project.error());
  const bool all = context.args.has("autopage");
  std::vector<JsonObject> found;
  std::int64_t offset = context.args.number("offset").value_or(0);
  for (;;) {
    auto page = fetch_executions(context, api_path({"project", *project, "executions"}), execution_filter(context.args),
                                 page_size(context.args), offset);
    if (!page) return fail(page.error());
    found.insert(found.end(), page->executions.begin(), page->executions.end());
    offset = page->offset + page->count;
    if (all && page->more()) continue;
    note_above(context, page->text());
    show_list(context, listing_of(std::move(found)));
    if (page->more())
      note_above(context, "(more results available, append: -o " + std::to_string(offset) + ", or --autopage for all)");
    return exit_code::done;
  }
}

Result<int> show_execution(Context& context) {
  auto id = context.id("eid", "qd executions info -e ID");
  if (!id) return fail(id.error());
  auto answer = context.api.get(api_path({"execution", *id}));
  if (!answer) return fail(answer.error());
  show_one(context, execution_view(*answer, context.settings.date_format), execution_line);
  return exit_code::done;
}

Result<int> follow_one(Context& context) {
  auto id = context.id("eid", "qd executions follow -e ID");
  if (!id) return fail(id.error());
  return follow_execution(context, *id, follow_options_of(context.args, false));
}

Result<int> kill_execution(Context& context) {
  auto id = context.id("eid", "qd executions kill -e ID");
  if (!id) return fail(id.error());
  auto answer = context.api.send("POST", api_path({"execution", *id, "abort"}),
                                 {{"forceIncomplete", context.args.has("force") ? "true" : ""}});
  if (!answer) return fail(answer.error());
  const Json* abort = find(*answer, "abort");
  const JsonObject result = abort == nullptr ? JsonObject() : plain_view(*abort);
  const std::string status = text_or(result, "status");
  if (context.out.for_programs()) {
    context.out.data(*answer);
  } else {
    context.out.text("Kill [" + *id + "] result: " + status);
    if (const Json* execution = find(*answer, "execution")) {
      context.out.text("Execution [" + *id + "] status: " + text_or(plain_view(*execution), "status"));
    }
  }
  if (status != "failed") return exit_code::done;
  context.out.warn("Kill request failed: " + text_or(result, "reason"));
  return exit_code::partly;
}

void print_node_states(const Context& context, const Json* nodes) {
  if (nodes == nullptr || !nodes->is_object() || nodes->get_object().empty())
    return context.out.text("No node status.");
  context.out.text("Node Step Status:");
  for (const auto& [node, steps] : nodes->get_object()) {
    std::string line = std::string(node) + ":";
    for (const JsonObject& step : views(&steps, plain_view)) {
      line += " " + text_or(step, "stepctx") + ":" + text_or(step, "executionState");
    }
    context.out.text(line);
  }
}

Result<int> show_state(Context& context) {
  auto id = context.id("eid", "qd executions state -e ID");
  if (!id) return fail(id.error());
  auto answer = context.api.get(api_path({"execution", *id, "state"}));
  if (!answer) return fail(answer.error());
  if (context.out.for_programs()) {
    context.out.data(*answer);
    return exit_code::done;
  }
  const JsonObject state = plain_view(*answer);
  context.out.note(text_or(state, "executionId", *id) + " " + text_or(state, "executionState") + " " +
                   text_or(state, "startTime", "-") + " " + text_or(state, "updateTime", "-") + " " +
                   text_or(state, "endTime", "-"));
  print_node_states(context, find(state, "nodes"));
  return exit_code::done;
}

Result<int> list_notifications(Context& context) {
  auto id = context.id("eid", "qd executions notifications -e ID");
  if (!id) return fail(id.error());
  auto answer = context.api.get(api_path({"execution", *id, "notifications"}));
  if (!answer) return fail(answer.error());
  const auto line = [](const JsonObject& one) {
    return text_or(one, "trigger") + " " + text_or(one, "type") + " " + text_or(one, "target") + " " +
           text_or(one, "status") + ": " + text_or(one, "message");
  };
  show_list(context, {views(find(*answer, "notifications"), plain_view),
                      line,
                      {{"EVENT", "trigger"},
                       {"TYPE", "type"},
                       {"TARGET", "target"},
                       {"STATUS", "status"},
                       {"ATTEMPTS", "attempts"},
                       {"MESSAGE", "message"}}});
  return exit_code::done;
}

// rd's key of a duration is "duration-avg", "duration-min"…, the API's is duration.average.
JsonObject metrics_view(const Json& answer) {
  JsonObject view = plain_view(answer);
  if (const Json* status = find(answer, "status"); status != nullptr && status->is_object()) {
    for (const auto& [key, value] : status->get_object()) view[key] = value;
    view.erase("status");
  }
  const Json* duration = find(answer, "duration");
  const JsonObject durations = duration == nullptr ? JsonObject() : plain_view(*duration);
  view["duration-avg"] = text_or(durations, "average");
  view["duration-min"] = text_or(durations, "min");
  view["duration-max"] = text_or(durations, "max");
  view.erase("duration");
  return view;
}

Result<int> show_metrics(Context& context) {
  std::string path = "executions/metrics";
  if (context.args.has("project")) {
    auto project = context.project();
    if (!project) return fail(project.error());
    path = api_path({"project", *project, "executions", "metrics"});
  }
  auto answer = context.api.get(path, execution_filter(context.args));
  if (!answer) return fail(answer.error());
  if (context.out.for_programs()) {
    context.out.data(*answer);
    return exit_code::done;
  }
  note_above(context, "Showing stats for " + text_or(plain_view(*answer), "total", "0") + " matching executions.");
  show_one(context, metrics_view(*answer));
  return exit_code::done;
}

}  // namespace

Commands execution_commands() {
  const Options listing = listing_options(kExecutionKeys, "%id %href");
  const OptionSpec id = text("-e,--eid", "ID", "Identifier of the execution.");
  const OptionSpec job_ids = list("-i,--jobids", "ID...", "Of the jobs with these identifiers.");
  return {
      {"executions list",
       "List the running executions of a project; -p '*' is all projects.",
       "",
       join_options({{project_option()}, paging_options(), listing}),
       {"qd executions list -p ops", "qd executions list -p '*' -% '%id %job.name'"},
       list_running},
      {"executions query",
       "Find executions of a project, newest first.",
       "",
       join_options({execution_filter_options(),
                     {job_ids},
                     paging_options(),
                     {flag("--autopage", "Load all pages."),
                      flag("--noninteractive", "Accepted for rd's sake; qd never asks here.")},
                     listing}),
       {"qd executions query -p ops -s failed -d 2d", "qd executions query -p ops -j web/restart -% '%id %status'",
        "qd executions query -p ops --autopage --output json"},
       query_executions},
      {"executions info",
       "Show one execution.",
       "[ID]",
       join_options({{id}, listing}),
       {"qd executions info -e 12", "qd executions info -e 12 -v"},
       show_execution},
      {"executions follow",
       "Follow the output of an execution; the exit code tells how it ended.",
       "[ID]",
       join_options(
           {{id, flag("-f,--follow", "Accepted for rd's sake."),
             text("-%,--outformat", "FORMAT", "Form of a line: %time %level %log %user %command %node %stepctx.")},
            follow_options()}),
       {"qd executions follow -e 12", "qd executions follow -e 12 --restart -% '%time %node: %log'"},
       follow_one},
      {"executions kill",
       "Abort an execution.",
       "[ID]",
       {id, flag("-f,--force", "Mark it as incomplete when it cannot be ended.")},
       {"qd executions kill -e 12"},
       kill_execution},
      {"executions state",
       "Show the state of each step on each node.",
       "[ID]",
       {id},
       {"qd executions state -e 12"},
       show_state},
      {"executions notifications",
       "List whom an execution told, and what became of each message.",
       "[ID]",
       join_options({{id},
                     listing_options("id, trigger, type, target, status, attempts, created, ended, next, message",
                                     "%trigger %target %status")}),
       {"qd executions notifications -e 12"},
       list_notifications},
      {"executions metrics",
       "Count executions by their end, and show how long they took.",
       "",
       join_options({execution_filter_options(),
                     {job_ids},
                     listing_options("total, succeeded, failed, failed-with-retry, aborted, "
                                     "timedout, duration-avg, duration-min, duration-max",
                                     "%total %failed")}),
       {"qd executions metrics -p ops -d 1w", "qd executions metrics -% '%total %duration-avg'"},
       show_metrics},
  };
}

}  // namespace qd::cli
