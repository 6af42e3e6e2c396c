#include "cli/listing.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"

namespace qd::cli {
namespace {

std::string audit_event_line(const JsonObject& event) {
  return text_or(event, "timestamp") + " " + text_or(event, "user") + " " + text_or(event, "address") + " " +
         text_or(event, "action") + " " + text_or(event, "resourceType") + " " + text_or(event, "resourceName");
}

Result<int> list_audit(Context& context) {
  std::vector<std::pair<std::string, std::string>> query;
  const std::pair<const char*, const char*> filters[] = {
      {"user", "user"},       {"action", "action"},   {"type", "resourceType"}, {"name", "resourceName"},
      {"address", "address"}, {"project", "project"}, {"from", "from"},         {"to", "to"},
      {"before", "before"},   {"max", "max"}};
  for (const auto& [option, parameter] : filters) {
    if (context.args.has(option)) query.emplace_back(parameter, context.args.text(option));
  }
  auto answer = context.api.get("audit/events", query);
  if (!answer) return fail(answer.error());
  Listing listing{views(find(*answer, "events"), plain_view),
                  audit_event_line,
                  {{"TIME", "timestamp"},
                   {"USER", "user"},
                   {"ADDRESS", "address"},
                   {"ACTION", "action"},
                   {"TYPE", "resourceType"},
                   {"NAME", "resourceName"}}};
  note_above(context, std::to_string(listing.items.size()) + " events:");
  show_list(context, listing);
  return exit_code::done;
}

}  // namespace

Commands audit_commands() {
  return {
      {"audit list",
       "List the audit trail, newest first: logins, and changes of users, tokens, keys, policies, jobs and projects.",
       "",
       join_options({{text("-u,--user", "USER", "Only what this user did."),
                      text("-a,--action", "ACTION", "Only this: login_success, login_failed, create, delete, …"),
                      text("-t,--type", "TYPE", "Only on this kind: user, token, project, job, execution, key, …"),
                      text("-n,--name", "NAME", "Only on the one of this name."),
                      text("--address", "ADDRESS", "Only from this address."),
                      text("-p,--project", "PROJECT", "Only in this project."),
                      text("--from", "DATE", "Since then, ISO 8601."), text("--to", "DATE", "Until then, ISO 8601."),
                      text("--before", "ID", "Only events older than this one: the next page."),
                      text("-m,--max", "COUNT", "How many at most; 100 when absent.")},
                     listing_options("id, timestamp, action, user, roles, address, userAgent, tokenId, resourceType, "
                                     "resourceName, project, detail, serverUUID, serverHostname",
                                     "%timestamp %user %action")}),
       {"qd audit list -a login_failed", "qd audit list -u alice -t job -m 20"},
       list_audit},
  };
}

}  // namespace qd::cli
