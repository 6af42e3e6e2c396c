#include "cli/execution_query.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"

namespace qd::cli {
namespace {

constexpr std::int64_t kDefaultBatch = 20;

Result<int> report_deleted(const Context& context, const Result<Json>& answer) {
  if (!answer) return fail(answer.error());
  if (context.out.for_programs()) context.out.data(*answer);
  const JsonObject result = plain_view(*answer);
  const auto failures = views(find(result, "failures"), plain_view);
  if (failures.empty()) {
    context.out.note("Deleted " + text_or(result, "successCount", "0") + " executions.");
    return exit_code::done;
  }
  context.out.error(std::to_string(failures.size()) + " executions could not be deleted:");
  for (const JsonObject& failure : failures)
    context.out.error("[" + text_or(failure, "id") + "] " + text_or(failure, "message"));
  return exit_code::partly;
}

Result<int> delete_one(Context& context) {
  auto id = context.id("eid", "qd executions delete -e ID");
  if (!id) return fail(id.error());
  auto answer = context.api.send("DELETE", api_path({"execution", *id}));
  if (!answer) return fail(answer.error());
  context.out.note("Delete [" + *id + "] succeeded.");
  return exit_code::done;
}

Result<std::vector<std::string>> ids_to_delete(const Context& context) {
  if (context.args.has("idlist")) return context.args.comma_list("idlist");
  auto project = context.project();
  if (!project) return fail(project.error());
  auto page =
      fetch_executions(context, api_path({"project", *project, "executions"}), execution_filter(context.args),
                       context.args.number("max").value_or(kDefaultBatch), context.args.number("offset").value_or(0));
  if (!page) return fail(page.error());
  std::vector<std::string> ids;
  for (const JsonObject& execution : page->executions) ids.push_back(text_or(execution, "id"));
  return ids;
}

Result<int> delete_bulk(Context& context) {
  auto ids = ids_to_delete(context);
  if (!ids) return fail(ids.error());
  if (ids->empty()) {
    const bool required = context.args.has("require");
    required ? context.out.warn("No executions found to delete") : context.out.note("No executions found to delete");
    return required ? exit_code::failed : exit_code::done;
  }
  if (auto confirmed = context.confirm("Really delete " + std::to_string(ids->size()) + " executions?"); !confirmed) {
    return fail(confirmed.error());
  }
  return report_deleted(context, context.api.send_json("POST", "executions/delete",
                                                       Json(JsonObject{{"ids", JsonArray(ids->begin(), ids->end())}})));
}

Result<int> delete_of_job(Context& context) {
  auto id = context.id("id", "qd executions deleteall -i JOB-ID");
  if (!id) return fail(id.error());
  if (auto confirmed = context.confirm("Really delete all executions of job " + *id + "?"); !confirmed) {
    return fail(confirmed.error());
  }
  return report_deleted(context, context.api.send("DELETE", api_path({"job", *id, "executions"})));
}

}  // namespace

Commands execution_delete_commands() {
  return {
      {"executions delete",
       "Delete one execution with its output.",
       "[ID]",
       {text("-e,--eid", "ID", "Identifier of the execution.")},
       {"qd executions delete -e 12"},
       delete_one},
      {"executions deletebulk",
       "Delete the executions that match, or those with the given identifiers.",
       "",
       join_options({execution_filter_options(),
                     {text("-i,--idlist", "ID,...", "These executions."),
                      list("--jobids", "ID...", "Of the jobs with these identifiers."),
                      flag("-R,--require", "Exit with 2 when nothing matches."), confirm_option()},
                     paging_options()}),
       {"qd executions deletebulk -p ops -O 90d --max 500 --confirm", "qd executions deletebulk -i 12,13"},
       delete_bulk},
      {"executions deleteall",
       "Delete all executions of a job.",
       "[JOB-ID]",
       {text("-i,--id", "ID", "Identifier of the job."), confirm_option()},
       {"qd executions deleteall -i ID --confirm"},
       delete_of_job},
  };
}

}  // namespace qd::cli
