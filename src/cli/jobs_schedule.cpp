// When jobs will run, and what became of the fires that were due.
#include "base/text.hpp"
#include "cli/job_lookup.hpp"
#include "cli/listing.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"

namespace qd::cli {
namespace {

constexpr const char* kFireKeys =
    "due, state, reason, fires, project, job.id, job.name, job.group, projectSchedule.name, owner.uuid, "
    "claimedBy.uuid, claimedBy.name, claimed, execution.id, execution.permalink";

std::string date_line(const JsonObject& fire) {
  return text_or(fire, "date");
}

Result<int> show_forecast(Context& context) {
  auto id = find_job_id(context);
  if (!id) return fail(id.error());
  Query query{{"time", context.args.text("time")}, {"past", context.args.has("past") ? "true" : ""}};
  if (const auto max = context.args.number("max")) query.emplace_back("max", std::to_string(*max));
  auto answer = context.api.get(api_path({"job", *id, "forecast"}), query);
  if (!answer) return fail(answer.error());
  if (context.out.for_programs()) {
    context.out.data(*answer);
    return exit_code::done;
  }
  Listing listing;
  listing.line = date_line;
  if (const Json* dates = find(*answer, "futureScheduledExecutions"); dates != nullptr && dates->is_array()) {
    for (const Json& date : dates->get_array()) listing.items.push_back(JsonObject{{"date", date}});
  }
  if (!listing.items.empty()) {
    note_above(context, "Forecast:");
    show_list(context, listing);
    return exit_code::done;
  }
  const JsonObject job = plain_view(*answer);
  const char* why = !truth_or(job, "scheduled", false)         ? "it has no schedule."
                    : !truth_or(job, "scheduleEnabled", false) ? "its schedule is switched off."
                    : !truth_or(job, "enabled", false)         ? "its execution is switched off."
                                                               : "it does not fire in that time.";
  context.out.note("Job " + *id + " will not run by itself: " + why);
  return exit_code::done;
}

// "2026-11-24T05:30:00Z skipped ops/backup by node1 as execution 12: the reason"
std::string fire_line(const JsonObject& fire) {
  const auto part = [&](const char* key) {
    const Json* value = find(fire, key);
    return value == nullptr ? JsonObject() : plain_view(*value);
  };
  const JsonObject job = part("job"), by = part("claimedBy"), execution = part("execution");
  std::string line = text_or(fire, "due") + " " + text_or(fire, "state") + " ";
  line += text_or(job, "name").empty() ? text_or(job, "id") : job_path(job);
  if (!by.empty()) line += " by " + text_or(by, "name", text_or(by, "uuid"));
  if (!execution.empty()) line += " as execution " + text_or(execution, "id");
  const std::string reason = text_or(fire, "reason");
  return reason.empty() ? line : line + ": " + reason;
}

Result<std::string> ledger_path(const Context& context) {
  if (context.args.has("id") || context.args.has("job")) {
    auto id = find_job_id(context);
    if (!id) return fail(id.error());
    return api_path({"job", *id, "fires"});
  }
  if (context.args.has("all")) return std::string("scheduler/fires");
  auto project = context.project();
  if (!project) return fail(project.error());
  return api_path({"project", *project, "fires"});
}

Result<int> list_fires(Context& context) {
  auto path = ledger_path(context);
  if (!path) return fail(path.error());
  Query query;
  for (const char* key : {"from", "until", "state", "server", "offset"})
    query.emplace_back(key, context.args.text(key));
  if (const auto max = context.args.number("max")) query.emplace_back("max", std::to_string(*max));
  auto answer = context.api.get(*path, query);
  if (!answer) return fail(answer.error());
  const Listing listing{views(find(*answer, "fires"), plain_view),
                        fire_line,
                        {{"DUE", "due"},
                         {"STATE", "state"},
                         {"JOB", "job.name"},
                         {"MEMBER", "claimedBy.name"},
                         {"EXECUTION", "execution.id"},
                         {"REASON", "reason"}}};
  const Json* paging = find(*answer, "paging");
  const bool more = paging != nullptr && truth_or(plain_view(*paging), "more", false);
  note_above(context, std::to_string(listing.items.size()) + " fires, latest first" +
                          (more ? "; there are more, see --offset and --max" : ""));
  show_list(context, listing);
  return exit_code::done;
}

}  // namespace

Commands job_schedule_commands() {
  return {
      {"jobs forecast",
       "Show when a job will run by its schedules, or would have run.",
       "",
       join_options({job_options(),
                     {text("-t,--time", "TIME", "How far to look: 12h, 2w, 1m (month), 30n (minutes)…; default: 1d."),
                      number("-m,--max", "N", "Show this many at most."), flag("--past", "Look back instead.")}}),
       {"qd jobs forecast -i ID", "qd jobs forecast -p ops -j web/restart --time 2w --max 5"},
       show_forecast},
      {"jobs fires",
       "Show what became of scheduled fires: when, where, and why not. Of a job, a project, or all.",
       "",
       join_options({job_options(),
                     {flag("--all", "Of all projects."),
                      text("--from", "TIME", "Due then or later: 2026-11-24T05:30:00Z, or milliseconds since 1970."),
                      text("--until", "TIME", "Due then or earlier."),
                      choice("--state", {"fired", "late", "missed", "skipped"}, "Only these."),
                      text("--server", "UUID", "Claimed by this member.")},
                     paging_options(),
                     listing_options(kFireKeys, "%due %state %reason")}),
       {"qd jobs fires -p ops --state missed", "qd jobs fires -i ID -% '%due %state %claimedBy.name'"},
       list_fires},
  };
}

}  // namespace qd::cli
