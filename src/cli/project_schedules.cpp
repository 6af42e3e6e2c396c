// Schedules of projects: list, save to a file, load, delete, assign to jobs.
#include "cli/input_file.hpp"
#include "cli/job_lookup.hpp"
#include "cli/listing.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"

namespace qd::cli {
namespace {

constexpr const char* kScheduleKeys =
    "id, name, description, project, type, crontabString, schedule.hour, schedule.minute, schedule.dayOfWeek, "
    "schedule.month, timeZone, missedFires, jobs";

std::string schedule_line(const JsonObject& schedule) {
  const Json* jobs = find(schedule, "jobs");
  const std::size_t count = jobs != nullptr && jobs->is_array() ? jobs->get_array().size() : 0;
  std::string rule = text_or(schedule, "crontabString");
  if (const Json* simple = find(schedule, "schedule")) {
    const JsonObject parts = plain_view(*simple);
    rule = text_or(parts, "hour") + ":" + text_or(parts, "minute") + " " + text_or(parts, "dayOfWeek") + " " +
           text_or(parts, "month");
  }
  const std::string zone = text_or(schedule, "timeZone");
  return text_or(schedule, "id") + " " + text_or(schedule, "name") + ": " + rule + (zone.empty() ? "" : " " + zone) +
         ", " + std::to_string(count) + (count == 1 ? " job" : " jobs");
}

Result<int> save_schedules(const Context& context, const std::string& project) {
  const std::string file = context.args.text("file");
  Call call;
  call.path = api_path({"project", project, "schedules"});
  call.query = {{"format", "yaml"}};
  call.accept = "text/yaml, application/yaml";
  auto answer = context.api.raw(call);
  if (!answer) return fail(answer.error());
  if (file == "-") {
    context.out.raw(answer->body);
    return exit_code::done;
  }
  if (auto written = write_file(file, answer->body); !written) return fail(written.error());
  note_above(context, "Wrote " + std::to_string(answer->body.size()) + " bytes of yaml to file " + file);
  return exit_code::done;
}

Result<int> list_schedules(Context& context) {
  auto project = context.project();
  if (!project) return fail(project.error());
  if (context.args.has("file")) return save_schedules(context, *project);
  auto answer = context.api.get(api_path({"project", *project, "schedules"}));
  if (!answer) return fail(answer.error());
  const Listing listing{views(&*answer, plain_view), schedule_line, {}};
  note_above(context, std::to_string(listing.items.size()) + " schedules in project " + *project);
  show_list(context, listing);
  return exit_code::done;
}

Result<int> load_schedules(Context& context) {
  auto project = context.project();
  if (!project) return fail(project.error());
  const std::string file = context.args.text("file");
  auto content = file == "-" ? read_stream(context.in, "Standard input") : read_file(file);
  if (!content) return fail(content.error());
  Call call;
  call.method = "POST";
  call.path = api_path({"project", *project, "schedules", "import"});
  call.content_type = "application/yaml";
  call.body = std::move(*content);
  auto answer = context.api.send_call(std::move(call));
  if (!answer) return fail(answer.error().kind, file + ": " + answer.error().message);
  const auto failed = views(find(*answer, "failed"), plain_view);
  if (context.out.for_programs()) {
    context.out.data(*answer);
  } else {
    for (const JsonObject& done : views(find(*answer, "succeeded"), plain_view)) {
      context.out.text(text_or(done, "id") + " " + text_or(done, "name") +
                       (truth_or(done, "created", false) ? " was made" : " was changed"));
    }
    for (const JsonObject& bad : failed) context.out.error(text_or(bad, "name") + ": " + text_or(bad, "error"));
  }
  return failed.empty() ? exit_code::done : exit_code::partly;
}

// The number of the schedule that -s names, by number or by name.
Result<std::string> find_schedule_id(const Context& context, const std::string& project) {
  const std::string wanted = context.args.text("schedule");
  auto answer = context.api.get(api_path({"project", project, "schedules"}));
  if (!answer) return fail(answer.error());
  for (const JsonObject& schedule : views(&*answer, plain_view)) {
    if (text_or(schedule, "id") == wanted || text_or(schedule, "name") == wanted) return text_or(schedule, "id");
  }
  return fail(ErrorKind::not_found, "Project " + project + " has no schedule \"" + wanted +
                                        "\". List them with: qd schedules list -p " + project);
}

Result<int> delete_schedule(Context& context) {
  auto project = context.project();
  if (!project) return fail(project.error());
  auto id = find_schedule_id(context, *project);
  if (!id) return fail(id.error());
  if (auto sure = context.confirm("Really delete schedule " + context.args.text("schedule") + "?"); !sure)
    return fail(sure.error());
  auto done = context.api.send("DELETE", api_path({"project", *project, "schedules", *id}));
  if (!done) return fail(done.error());
  context.out.note("Schedule " + context.args.text("schedule") + " was deleted.");
  return exit_code::done;
}

Result<int> change_assignment(const Context& context, bool assigned) {
  auto project = context.project();
  if (!project) return fail(project.error());
  auto id = find_schedule_id(context, *project);
  if (!id) return fail(id.error());
  auto job = find_job_id(context);
  if (!job) return fail(job.error());
  const std::string path = api_path({"project", *project, "schedules", *id, "jobs", *job});
  auto done = assigned
                  ? context.api.send_json("PUT", path, Json(JsonObject{{"argString", context.args.text("options")}}))
                  : context.api.send("DELETE", path);
  if (!done) return fail(done.error());
  context.out.note("Job " + *job + (assigned ? " runs" : " does not run any more") + " by schedule " +
                   context.args.text("schedule") + ".");
  return exit_code::done;
}

Result<int> assign_schedule(Context& context) {
  return change_assignment(context, true);
}
Result<int> unassign_schedule(Context& context) {
  return change_assignment(context, false);
}

}  // namespace

Commands project_schedule_commands() {
  const OptionSpec which = required(text("-s,--schedule", "NAME", "The schedule, by name or number."));
  return {
      {"schedules list",
       "List the schedules of a project, or save them as YAML with -f.",
       "",
       join_options({{project_option(), text("-f,--file", "FILE", "Save them to this file; \"-\" is standard output.")},
                     listing_options(kScheduleKeys, "%id %name")}),
       {"qd schedules list -p ops", "qd schedules list -p ops -f schedules.yaml"},
       list_schedules},
      {"schedules load",
       "Load schedules from a YAML or JSON file; those with a known name are changed and keep their jobs.",
       "",
       {project_option(), required(text("-f,--file", "FILE", "The file; \"-\" is standard input."))},
       {"qd schedules load -p ops -f schedules.yaml"},
       load_schedules},
      {"schedules delete",
       "Delete a schedule; its jobs stay.",
       "",
       {project_option(), which, confirm_option()},
       {"qd schedules delete -p ops -s nightly"},
       delete_schedule},
      {"schedules assign",
       "Let a job run by a schedule of its project.",
       "",
       join_options(
           {job_options(), {which, text("--options", "ARGS", "Option values for these runs: \"-env prod\".")}}),
       {"qd schedules assign -p ops -s nightly -j web/restart --options '-env prod'"},
       assign_schedule},
      {"schedules unassign",
       "Let a job not run by a schedule any more.",
       "",
       join_options({job_options(), {which}}),
       {"qd schedules unassign -p ops -s nightly -i ID"},
       unassign_schedule},
  };
}

}  // namespace qd::cli
