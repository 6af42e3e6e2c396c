#include "cli/job_lookup.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"

namespace qd::cli {
namespace {

struct Toggle {
  const char* route;  // below job/ID/ and jobs/
  const char* verb;   // "enable"
  const char* done;   // "enabled"
};

Result<int> toggle_job(const Context& context, const Toggle& toggle) {
  auto id = find_job_id(context);
  if (!id) return fail(id.error());
  auto answer = context.api.send("POST", api_path({"job", *id}) + "/" + toggle.route);
  if (!answer) return fail(answer.error());
  if (!truth_or(plain_view(*answer), "success", true)) {
    return fail(ErrorKind::internal, "The server could not " + std::string(toggle.verb) + " job " + *id + ".");
  }
  context.out.note("Job " + *id + " was " + toggle.done + ".");
  return exit_code::done;
}

Result<int> toggle_jobs(const Context& context, const Toggle& toggle) {
  auto ids = find_job_ids(context);
  if (!ids) return fail(ids.error());
  const std::string count = std::to_string(ids->size());
  if (ids->empty()) {
    context.out.note("No jobs match; nothing was done.");
    return exit_code::done;
  }
  if (auto confirmed = context.confirm("Really " + std::string(toggle.verb) + " " + count + " jobs?"); !confirmed) {
    return fail(confirmed.error());
  }
  auto answer = context.api.send_json("POST", "jobs/" + std::string(toggle.route),
                                      Json(JsonObject{{"ids", JsonArray(ids->begin(), ids->end())}}));
  if (!answer) return fail(answer.error());
  if (context.out.for_programs()) context.out.data(*answer);
  const auto failed = views(find(*answer, "failed"), plain_view);
  if (failed.empty()) {
    context.out.note(count + " Jobs were " + toggle.done);
    return exit_code::done;
  }
  context.out.error(std::to_string(failed.size()) + " jobs could not be " + toggle.done + ":");
  for (const JsonObject& job : failed) context.out.error("[" + text_or(job, "id") + "] " + text_or(job, "message"));
  return exit_code::partly;
}

constexpr Toggle kEnable{"execution/enable", "enable", "enabled"};
constexpr Toggle kDisable{"execution/disable", "disable", "disabled"};
constexpr Toggle kReschedule{"schedule/enable", "reschedule", "rescheduled"};
constexpr Toggle kUnschedule{"schedule/disable", "unschedule", "unscheduled"};

template <const Toggle& kToggle>
Result<int> run_toggle(Context& context) {
  return toggle_job(context, kToggle);
}
template <const Toggle& kToggle>
Result<int> run_bulk_toggle(Context& context) {
  return toggle_jobs(context, kToggle);
}

}  // namespace

Commands job_toggle_commands() {
  const Options one = job_options();
  const Options many = join_options({job_filter_options(), {confirm_option()}});
  return {
      {"jobs enable",
       "Let a job run again.",
       "",
       one,
       {"qd jobs enable -p ops -j web/restart", "qd jobs enable -i ID"},
       run_toggle<kEnable>},
      {"jobs disable",
       "Let nobody and nothing run a job.",
       "",
       one,
       {"qd jobs disable -p ops -j web/restart"},
       run_toggle<kDisable>},
      {"jobs reschedule",
       "Switch the schedule of a job on.",
       "",
       one,
       {"qd jobs reschedule -i ID"},
       run_toggle<kReschedule>},
      {"jobs unschedule",
       "Switch the schedule of a job off.",
       "",
       one,
       {"qd jobs unschedule -i ID"},
       run_toggle<kUnschedule>},
      {"jobs enablebulk",
       "Let the jobs that match run again.",
       "",
       many,
       {"qd jobs enablebulk -p ops -g web --confirm"},
       run_bulk_toggle<kEnable>},
      {"jobs disablebulk",
       "Let nobody and nothing run the jobs that match.",
       "",
       many,
       {"qd jobs disablebulk -i ID1,ID2"},
       run_bulk_toggle<kDisable>},
      {"jobs reschedulebulk",
       "Switch the schedules of the jobs that match on.",
       "",
       many,
       {"qd jobs reschedulebulk -p ops -g web"},
       run_bulk_toggle<kReschedule>},
      {"jobs unschedulebulk",
       "Switch the schedules of the jobs that match off.",
       "",
       many,
       {"qd jobs unschedulebulk -p ops -g web"},
       run_bulk_toggle<kUnschedule>},
  };
}

}  // namespace qd::cli
