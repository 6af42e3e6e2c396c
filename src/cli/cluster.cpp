// The cluster: members, events, modes of members, takeover of schedules.
#include "cli/context.hpp"
#include "cli/listing.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"

namespace qd::cli {
namespace {

constexpr const char* kMemberKeys =
    "uuid, name, host, url, tags, version, state, reason, executionMode, schedules, lastBeat, "
    "vitals.runningExecutions, "
    "vitals.loadAverage";
constexpr const char* kOwnedKeys = "id, name, group, project, description, href, permalink, scheduleEnabled, enabled";
constexpr const char* kEventKeys = "id, time, kind, member.name, member.uuid, target.name, target.uuid, message";

std::string member_line(const JsonObject& member) {
  std::string line = text_or(member, "uuid") + " " + text_or(member, "name") + " " + text_or(member, "state") + " " +
                     text_or(member, "executionMode") + " " + text_or(member, "schedules") + " schedules";
  if (truth_or(member, "self", false)) line += " (asked)";
  const std::string reason = text_or(member, "reason");
  return reason.empty() ? line : line + ": " + reason;
}

Result<int> list_members(Context& context) {
  auto answer = context.api.get("cluster/members");
  if (!answer) return fail(answer.error());
  const Listing listing{views(find(*answer, "members"), plain_view),
                        member_line,
                        {{"UUID", "uuid"},
                         {"NAME", "name"},
                         {"STATE", "state"},
                         {"MODE", "executionMode"},
                         {"SCHEDULES", "schedules"},
                         {"RUNNING", "vitals.runningExecutions"},
                         {"LOAD", "vitals.loadAverage"},
                         {"VERSION", "version"}}};
  note_above(context, std::to_string(listing.items.size()) + " members");
  show_list(context, listing);
  for (const JsonObject& owner : views(find(*answer, "orphaned"), plain_view)) {
    context.out.note(text_or(owner, "schedules") + " schedules belong to " + text_or(owner, "uuid") +
                     ", which is no member. Take them over with: qd cluster takeover --uuid " + text_or(owner, "uuid"));
  }
  return exit_code::done;
}

std::string event_line(const JsonObject& event) {
  const Json* member = find(event, "member");
  const JsonObject by = member == nullptr ? JsonObject() : plain_view(*member);
  return text_or(event, "time") + " " + text_or(event, "kind") + " " + text_or(by, "name", text_or(by, "uuid")) + ": " +
         text_or(event, "message");
}

Result<int> list_events(Context& context) {
  Query query;
  for (const char* key : {"kind", "member", "from", "until", "offset"}) query.emplace_back(key, context.args.text(key));
  if (const auto max = context.args.number("max")) query.emplace_back("max", std::to_string(*max));
  auto answer = context.api.get("cluster/events", query);
  if (!answer) return fail(answer.error());
  const Listing listing{views(find(*answer, "events"), plain_view),
                        event_line,
                        {{"TIME", "time"}, {"KIND", "kind"}, {"MEMBER", "member.name"}, {"MESSAGE", "message"}}};
  note_above(context, std::to_string(listing.items.size()) + " events, latest first");
  show_list(context, listing);
  return exit_code::done;
}

Result<int> set_member_mode(const Context& context, const char* action) {
  auto uuid = context.id("uuid", "qd cluster members");
  if (!uuid) return fail(uuid.error());
  auto answer = context.api.send("POST", std::string("enterprise/cluster/executions/") + action, {{"uuid", *uuid}});
  if (!answer) return fail(answer.error());
  const JsonObject done = plain_view(*answer);
  if (context.out.for_programs()) {
    context.out.data(*answer);
  } else if (text_or(done, "status") == "pending") {
    context.out.note("Member " + *uuid + " was asked to be " + text_or(done, "executionMode") + ".");
  } else {
    context.out.note("Member " + *uuid + " is " + text_or(done, "executionMode") + " now.");
  }
  return exit_code::done;
}

Result<int> set_member_active(Context& context) {
  return set_member_mode(context, "enable");
}
Result<int> set_member_passive(Context& context) {
  return set_member_mode(context, "disable");
}

// "ID group/name SCHEDULER": the jobs whose schedules a member owns.
std::string owned_line(const JsonObject& job) {
  return job_line(job) + (truth_or(job, "scheduleEnabled", true) ? "" : " (schedule off)");
}

Result<int> list_scheduled(Context& context) {
  const std::string uuid = context.args.text("uuid");
  auto answer = context.api.get(uuid.empty() ? "scheduler/jobs" : api_path({"scheduler", "server", uuid, "jobs"}));
  if (!answer) return fail(answer.error());
  const Listing listing{views(&*answer, job_view),
                        owned_line,
                        {{"ID", "id"}, {"PROJECT", "project"}, {"GROUP", "group"}, {"NAME", "name"}}};
  note_above(context, std::to_string(listing.items.size()) + " scheduled jobs");
  show_list(context, listing);
  return exit_code::done;
}

Result<JsonObject> takeover_body(const Context& context) {
  JsonObject body;
  if (context.args.has("all")) body["server"] = JsonObject{{"all", true}};
  if (context.args.has("uuid")) body["server"] = JsonObject{{"uuid", context.args.text("uuid")}};
  if (context.args.has("project")) body["project"] = context.args.text("project");
  JsonArray jobs;
  if (context.args.has("job")) jobs.push_back(JsonObject{{"id", context.args.text("job")}});
  for (const std::string& id : context.args.comma_list("idlist")) jobs.push_back(JsonObject{{"id", id}});
  if (!jobs.empty()) body["jobs"] = std::move(jobs);
  if (!body.contains("server") && !body.contains("jobs"))
    return fail(ErrorKind::invalid, "Whose schedules? Name a member by --uuid, all by --all, or a job.");
  return body;
}

Result<int> send_takeover(const Context& context, JsonObject body) {
  auto answer = context.api.send_json("PUT", "scheduler/takeover", Json(std::move(body)));
  if (!answer) return fail(answer.error());
  if (context.out.for_programs()) {
    context.out.data(*answer);
  } else {
    context.out.note(text_or(plain_view(*answer), "message"));
  }
  return exit_code::done;
}

Result<int> take_over(Context& context) {
  auto body = takeover_body(context);
  if (!body) return fail(body.error());
  if (auto confirmed = context.confirm("Really move these schedules to " + context.settings.url + "?"); !confirmed)
    return fail(confirmed.error());
  return send_takeover(context, std::move(*body));
}

Result<int> take_over_at_once(Context& context) {
  auto body = takeover_body(context);
  if (!body) return fail(body.error());
  return send_takeover(context, std::move(*body));
}

}  // namespace

Commands cluster_commands() {
  const OptionSpec uuid = text("-u,--uuid", "UUID", "The member, see `qd cluster members`.");
  return {
      {"cluster members",
       "List the members of the cluster, with state, mode, load and schedules.",
       "",
       listing_options(kMemberKeys, "%uuid %state"),
       {"qd cluster members", "qd cluster members -% '%name %state %schedules'"},
       list_members},
      {"cluster events",
       "Show what happened in the cluster, latest first.",
       "",
       join_options({{text("--kind", "KIND", "Of this kind: takeover, or takeover.proposed."),
                      text("--member", "UUID", "By this member, or about it."),
                      text("--from", "TIME", "Then or later: 2026-11-24T05:30:00Z, or milliseconds since 1970."),
                      text("--until", "TIME", "Then or earlier.")},
                     paging_options(),
                     listing_options(kEventKeys, "%time %message")}),
       {"qd cluster events", "qd cluster events --kind takeover"},
       list_events},
      {"cluster active",
       "Let a member run executions.",
       "[UUID]",
       {uuid},
       {"qd cluster active -u UUID"},
       set_member_active},
      {"cluster passive",
       "Let a member start no more executions.",
       "[UUID]",
       {uuid},
       {"qd cluster passive -u UUID"},
       set_member_passive},
      {"cluster takeover",
       "Give schedules to the member that RD_URL names.",
       "",
       {text("-u,--uuid", "UUID", "Those of this member."), flag("--all", "Those of all members."),
        list("-i,--idlist", "ID,...", "Those of these jobs."),
        text("-p,--project", "NAME", "Only those of this project."), confirm_option()},
       {"qd cluster takeover --uuid UUID", "qd cluster takeover --all -p ops --confirm"},
       take_over},
      {"scheduler jobs",
       "List the jobs whose schedules a member of the cluster owns.",
       "",
       join_options(
           {{text("-u,--uuid", "UUID", "Of this member, see `qd cluster members`; without it, of the one asked.")},
            listing_options(kOwnedKeys, "%id %name")}),
       {"qd scheduler jobs", "qd scheduler jobs -u UUID -% '%project %group/%name'"},
       list_scheduled},
      {"scheduler takeover",
       "Give schedules to the member that RD_URL names, at once: `cluster takeover` as rd spells it.",
       "",
       {text("-u,--uuid", "UUID", "Those of this member."), flag("-a,--all", "Those of all members."),
        text("-j,--job", "ID", "That of this job."), text("-p,--project", "NAME", "Only those of this project.")},
       {"qd scheduler takeover -u UUID", "qd scheduler takeover -a -p ops"},
       take_over_at_once},
  };
}

}  // namespace qd::cli
