#include "cli/format.hpp"
#include "cli/job_files.hpp"
#include "cli/job_lookup.hpp"
#include "cli/run_options.hpp"
#include "cli/started.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"

namespace qd::cli {
namespace {

std::string log_level(const Context& context) {
  const std::string level = context.args.text("loglevel");
  if (level == "warning") return "WARN";
  std::string upper;
  for (const char c : level) upper.push_back(static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c));
  return upper;
}

Result<JsonObject> job_values(const Context& context, const std::string& job) {
  auto arguments = parse_job_arguments(context.args.operands(), context.args.has("raw"));
  if (!arguments) return fail(arguments.error());
  JsonObject values;
  for (const auto& [name, value] : arguments->values) values[name] = value;
  for (const auto& [name, path] : arguments->files) {
    auto key = upload_file(context, job, name, path);
    if (!key) return fail(key.error());
    context.out.note("File Upload OK (" + path + " -> " + *key + ")");
    values[name] = *key;
  }
  return values;
}

void set_text(JsonObject& body, const char* key, const std::string& value) {
  if (!value.empty()) body[key] = value;
}

Result<std::optional<UnixMillis>> start_time(const Context& context) {
  if (context.args.has("at") && context.args.has("delay"))
    return fail(ErrorKind::invalid, "Use --at or --delay, not both.");
  if (!context.args.has("at") && !context.args.has("delay")) return std::optional<UnixMillis>();
  auto time = context.args.has("at") ? parse_start_time(context.args.text("at"))
                                     : parse_delay(context.args.text("delay"), context.clock.now());
  if (!time) return fail(time.error());
  return std::optional<UnixMillis>(*time);
}

Result<int> run_job(Context& context) {
  auto time = start_time(context);
  if (!time) return fail(time.error());
  auto id = find_job_id(context);
  if (!id) return fail(id.error());
  auto values = job_values(context, *id);
  if (!values) return fail(values.error());
  JsonObject body;
  set_text(body, "loglevel", log_level(context));
  set_text(body, "filter", context.args.text("filter"));
  set_text(body, "asUser", context.args.text("user"));
  if (*time) {
    body["runAtTime"] = iso8601(**time);
    if (!context.args.has("outformat"))
      context.out.note("Scheduling execution at: " + format_date(**time, kDefaultDateFormat));
  }
  body["options"] = *values;
  auto answer = context.api.send_json("POST", api_path({"job", *id, "executions"}), Json(body));
  if (!answer) return fail(answer.error());
  return report_started(context, *answer, *time ? "scheduled" : "started");
}

Result<int> retry_job(Context& context) {
  if (!context.args.has("eid")) return fail(ErrorKind::invalid, "Which execution shall be repeated? Use -e ID.");
  const std::string execution = context.args.text("eid");
  auto id = find_job_id(context);
  if (!id) return fail(id.error());
  auto values = job_values(context, *id);
  if (!values) return fail(values.error());
  JsonObject body;
  set_text(body, "loglevel", log_level(context));
  set_text(body, "asUser", context.args.text("user"));
  body["failedNodes"] = context.args.text("failedNodes", "true");
  if (!values->empty()) body["options"] = *values;
  auto answer = context.api.send_json("POST", api_path({"job", *id, "retry", execution}), Json(body));
  if (!answer) return fail(answer.error());
  return report_started(context, *answer, "started");
}

}  // namespace

Commands run_commands() {
  const OptionSpec level =
      choice("-l,--loglevel", {"debug", "verbose", "info", "warning", "warn", "error"}, "How much the output tells.");
  const OptionSpec user = text("-u,--user", "USER", "Run it in the name of this user (needs the right runAs).");
  const OptionSpec raw = flag("--raw", "Send values as they are: \"-opt @value\" names no file.");
  return {
      {"run",
       "Run a job.",
       "[-- -OPT VALUE... -OPT @FILE...]",
       join_options(
           {job_options(),
            {level, user, text("-F,--filter", "FILTER", "Run on the nodes that match this filter."),
             text("-@,--at", "TIME", "Start at this time, ISO 8601."),
             text("-d,--delay", "TIME", "Start after this time: numbers with s, m, h, d, w, M (months), Y."), raw},
            started_options()}),
       {"qd run -p ops -j web/restart", "qd run -p ops -j web/restart --follow -- -env prod -force true",
        "qd run -i ID --delay 2h30m", "qd run -i ID -f -% '%time %node: %log' -- -input @data.csv"},
       run_job},
      {"retry",
       "Run a job again as in an earlier execution.",
       "[-- -OPT VALUE...]",
       join_options(
           {{text("-e,--eid", "ID", "The earlier execution.")},
            job_options(),
            {level, user,
             choice("-F,--failedNodes", {"true", "false"}, "Only on the nodes that failed; default: true."), raw},
            started_options()}),
       {"qd retry -e 12 -i ID --follow", "qd retry -e 12 -i ID --failedNodes false"},
       retry_job},
  };
}

}  // namespace qd::cli
