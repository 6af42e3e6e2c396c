#include <algorithm>

#include "base/text.hpp"
#include "cli/input_file.hpp"
#include "cli/job_lookup.hpp"
#include "cli/listing.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"

namespace qd::cli {
namespace {

constexpr const char* kJobKeys =
    "id, name, group, project, description, href, permalink, averageDuration, scheduled, scheduleEnabled, enabled, "
    "scheduler.serverOwner, scheduler.serverNodeUUID";

std::string by_file_name(const std::string& file) {
  const std::string name = base::lower(file);
  for (const char* format : {"json", "xml", "yaml"}) {
    if (name.ends_with(std::string(".") + format)) return format;
  }
  return name.ends_with(".yml") ? "yaml" : "";
}

std::string by_content(std::string_view content) {
  if (content.starts_with("\xEF\xBB\xBF")) content.remove_prefix(3);
  content = base::trim(content);
  if (content.starts_with('<')) return "xml";
  return content.starts_with('[') || content.starts_with('{') ? "json" : "yaml";
}

Result<int> export_jobs(const Context& context, const std::string& project) {
  const std::string file = context.args.text("file");
  std::string format = context.args.text("format", by_file_name(file));
  if (format.empty()) format = "xml";
  Call call;
  call.path = api_path({"project", project, "jobs", "export"});
  call.query = job_filter_query(context.args);
  call.query.emplace_back("format", format);
  call.accept = format == "yaml" ? "text/yaml, application/yaml" : "application/" + format;
  auto answer = context.api.raw(call);
  if (!answer) return fail(answer.error());
  if (file == "-") {
    context.out.raw(answer->body);
    return exit_code::done;
  }
  if (auto written = write_file(file, answer->body); !written) return fail(written.error());
  note_above(context, "Wrote " + std::to_string(answer->body.size()) + " bytes of " + format + " to file " + file);
  return exit_code::done;
}

Result<int> list_jobs(Context& context) {
  auto project = context.project();
  if (!project) return fail(project.error());
  if (context.args.has("file")) return export_jobs(context, *project);
  auto answer = context.api.get(api_path({"project", *project, "jobs"}), job_filter_query(context.args));
  if (!answer) return fail(answer.error());
  Listing listing{views(&*answer, job_view),
                  job_line,
                  {{"ID", "id"}, {"GROUP", "group"}, {"NAME", "name"}, {"DESCRIPTION", "description"}}};
  note_above(context, std::to_string(listing.items.size()) + " Jobs in project " + *project);
  show_list(context, listing);
  return exit_code::done;
}

Result<int> show_job(Context& context) {
  auto id = context.id("id", "qd jobs info -i ID");
  if (!id) return fail(id.error());
  auto answer = context.api.get(api_path({"job", *id, "info"}));
  if (!answer) return fail(answer.error());
  show_one(context, job_view(*answer), job_line);
  return exit_code::done;
}

std::string loaded_line(const JsonObject& job) {
  const std::string error = text_or(job, "error");
  if (error.empty()) return job_line(job);
  return "[" + text_or(job, "id", "id:?") + "] " + (text_or(job, "name").empty() ? "(missing name)" : job_path(job)) +
         "\n\t: " + error;
}

void print_loaded(const Context& context, const JsonObject& result, const char* key, const char* title) {
  const auto jobs = views(find(result, key), job_view);
  if (jobs.empty()) return;
  context.out.note(std::to_string(jobs.size()) + " Jobs " + title + ":");
  for (const JsonObject& job : jobs)
    context.out.text(context.args.has("verbose") ? details(Json(job)) : loaded_line(job));
  for (const JsonObject& job : views(find(result, key), plain_view)) {
    const Json* warnings = job.if_contains("warnings");
    if (warnings == nullptr || !warnings->is_array()) continue;
    for (const Json& warning : warnings->get_array())
      context.out.error("Warning: " + job_path(job) + ": " + scalar_text(warning).value_or(""));
  }
}

// The exit code.
Result<int> load_file(const Context& context, const std::string& project, const std::string& file) {
  auto content = file == "-" ? read_stream(context.in, "Standard input") : read_file(file);
  if (!content) return fail(content.error());
  std::string format = context.args.text("format", by_file_name(file));
  if (format.empty()) format = by_content(*content);
  Call call;
  call.method = "POST";
  call.path = api_path({"project", project, "jobs", "import"});
  call.query = {{"fileformat", format},
                {"dupeOption", context.args.text("duplicate", "update")},
                {"uuidOption", context.args.has("remove-uuids") ? "remove" : "preserve"}};
  call.content_type = "application/" + format;
  call.body = std::move(*content);
  auto answer = context.api.send_call(std::move(call));
  if (!answer) return fail(answer.error().kind, file + ": " + answer.error().message);
  const JsonObject result = plain_view(*answer);
  if (context.out.for_programs()) {
    context.out.data(*answer);
  } else {
    print_loaded(context, result, "succeeded", "Succeeded");
    print_loaded(context, result, "skipped", "Skipped");
    print_loaded(context, result, "failed", "Failed");
  }
  return views(find(result, "failed"), plain_view).empty() ? exit_code::done : exit_code::partly;
}

Result<int> load_jobs(Context& context) {
  auto project = context.project();
  if (!project) return fail(project.error());
  std::vector<std::string> files = context.args.list("file");
  for (const std::string& file : context.args.operands()) files.push_back(file);
  if (files.empty()) return fail(ErrorKind::invalid, "Which file? Use -f FILE; \"-\" is standard input.");
  int code = exit_code::done;
  for (const std::string& file : files) {
    auto loaded = load_file(context, *project, file);
    if (!loaded) return loaded;
    code = std::max(code, *loaded);
  }
  return code;
}

Result<int> delete_batch(const Context& context, const std::vector<std::string>& ids) {
  auto answer =
      context.api.send_json("POST", "jobs/delete", Json(JsonObject{{"ids", JsonArray(ids.begin(), ids.end())}}));
  if (!answer) return fail(answer.error());
  const auto failed = views(find(*answer, "failed"), plain_view);
  if (failed.empty()) return exit_code::done;
  context.out.error(std::to_string(failed.size()) + " jobs could not be deleted:");
  for (const JsonObject& job : failed)
    context.out.error("[" + text_or(job, "id") + "] " + text_or(job, "message", text_or(job, "error")));
  return exit_code::partly;
}

Result<int> purge_jobs(Context& context) {
  auto ids = find_job_ids(context);
  if (!ids) return fail(ids.error());
  if (context.args.has("file")) {
    auto project = context.project();
    if (!project) return fail(project.error());
    if (auto saved = export_jobs(context, *project); !saved) return saved;
  }
  const auto max = static_cast<std::size_t>(context.args.number("max").value_or(0));
  if (max > 0 && ids->size() > max) ids->resize(max);
  if (ids->empty()) {
    context.out.note("No jobs match; nothing was deleted.");
    return exit_code::done;
  }
  if (auto confirmed = context.confirm("Really delete " + std::to_string(ids->size()) + " jobs?"); !confirmed) {
    return fail(confirmed.error());
  }
  const auto batch = static_cast<std::size_t>(context.args.number("batch").value_or(0));
  const std::size_t step = batch > 0 ? batch : ids->size();
  for (std::size_t begin = 0; begin < ids->size(); begin += step) {
    const auto first = ids->begin() + static_cast<std::ptrdiff_t>(begin);
    const auto count = static_cast<std::ptrdiff_t>(std::min(step, ids->size() - begin));
    auto deleted = delete_batch(context, std::vector<std::string>(first, first + count));
    if (!deleted || *deleted != exit_code::done) return deleted;
  }
  context.out.note(std::to_string(ids->size()) + " Jobs were deleted");
  return exit_code::done;
}

}  // namespace

Commands job_commands() {
  const Options listing = listing_options(kJobKeys, "%id %href");
  const OptionSpec format =
      choice("-F,--format", {"xml", "yaml", "json"}, "Format of the file, when its name does not tell.");
  const OptionSpec id = text("-i,--id", "ID", "Identifier of the job.");
  const OptionSpec save = text("-f,--file", "FILE", "Save the definitions to this file; \"-\" is standard output.");
  return {
      {"jobs list",
       "List the jobs of a project, or save their definitions with -f.",
       "",
       join_options({job_filter_options(), {save, format}, listing}),
       {"qd jobs list -p ops", "qd jobs list -p ops -g web -% '%id %name'", "qd jobs list -p ops -f jobs.yaml"},
       list_jobs},
      {"jobs load",
       "Load job definitions from files in XML, YAML or JSON.",
       "[FILE...]",
       {list("-f,--file", "FILE...", "The files; \"-\" is standard input."), format, project_option(),
        choice("-d,--duplicate", {"update", "skip", "create"},
               "What to do with a job that is there already; default: update."),
        flag("-r,--remove-uuids", "Ignore the identifiers in the file."),
        flag("-v,--verbose", "Print all that is known of each job.")},
       {"qd jobs load -p ops -f jobs.yaml", "qd jobs load -p ops -f jobs.xml --duplicate create --remove-uuids"},
       load_jobs},
      {"jobs info",
       "Show one job.",
       "[ID]",
       join_options({{id}, listing}),
       {"qd jobs info -i ID", "qd jobs info -i ID -v"},
       show_job},
      {"jobs purge",
       "Delete the jobs that match; with -f their definitions are saved before.",
       "",
       join_options({job_filter_options(),
                     {save, format, confirm_option(), number("-b,--batch", "N", "Delete in requests of this many."),
                      number("-m,--max", "N", "Delete this many at most.")}}),
       {"qd jobs purge -p ops -g old -f saved.xml", "qd jobs purge -i ID1,ID2 --confirm"},
       purge_jobs},
  };
}

}  // namespace qd::cli
