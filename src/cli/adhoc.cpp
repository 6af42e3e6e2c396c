#include "base/id.hpp"
#include "cli/input_file.hpp"
#include "cli/run_options.hpp"
#include "cli/started.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"

namespace qd::cli {
namespace {

// One word is a command line of its own; several are quoted so that they stay the same words.
std::string command_line(const std::vector<std::string>& words) {
  return words.size() == 1 ? words.front() : join_quoted(words);
}

std::string yes_or_nothing(const Context& context, const char* flag_key) {
  return context.args.has(flag_key) ? "true" : "";
}

Query script_query(const Context& context) {
  return {{"argString", join_quoted(context.args.operands())},
          {"nodeThreadcount", context.args.text("threadcount")},
          {"nodeKeepgoing", yes_or_nothing(context, "keepgoing")},
          {"scriptInterpreter", context.args.text("interpreter")},
          {"interpreterArgsQuoted", yes_or_nothing(context, "quoted")},
          {"fileExtension", context.args.text("extension")},
          {"filter", context.args.text("filter")}};
}

Result<Json> send_script(const Context& context, const std::string& project) {
  const std::string path = context.args.text("script", "-");
  auto script = path == "-" ? read_stream(context.in, "Standard input") : read_file(path);
  if (!script) return fail(script.error());
  const std::string boundary = "qd-" + base::random_token(32);
  Call call;
  call.method = "POST";
  call.path = api_path({"project", project, "run", "script"});
  call.query = script_query(context);
  call.content_type = "multipart/form-data; boundary=" + boundary;
  call.body = "--" + boundary +
              "\r\nContent-Disposition: form-data; name=\"scriptFile\"; filename=\"script\"\r\n"
              "Content-Type: application/octet-stream\r\n\r\n" +
              *script + "\r\n--" + boundary + "--\r\n";
  return context.api.send_call(std::move(call));
}

Result<Json> send_url(const Context& context, const std::string& project) {
  Query form = script_query(context);
  form.emplace_back("scriptURL", context.args.text("url"));
  Call call;
  call.method = "POST";
  call.path = api_path({"project", project, "run", "url"});
  call.content_type = "application/x-www-form-urlencoded";
  call.body = encode_query(form);
  return context.api.send_call(std::move(call));
}

Result<Json> send_command(const Context& context, const std::string& project) {
  Query form = {{"exec", command_line(context.args.operands())},
                {"nodeThreadcount", context.args.text("threadcount")},
                {"nodeKeepgoing", yes_or_nothing(context, "keepgoing")},
                {"filter", context.args.text("filter")}};
  Call call;
  call.method = "POST";
  call.path = api_path({"project", project, "run", "command"});
  call.content_type = "application/x-www-form-urlencoded";
  call.body = encode_query(form);
  return context.api.send_call(std::move(call));
}

Result<Json> send_adhoc(const Context& context, const std::string& project) {
  const bool script = context.args.has("script") || context.args.has("stdin");
  if (script && context.args.has("url"))
    return fail(ErrorKind::invalid, "Use a script (-s, -S) or a URL (-u), not both.");
  if (script) return send_script(context, project);
  if (context.args.has("url")) return send_url(context, project);
  if (!context.args.operands().empty()) return send_command(context, project);
  return fail(ErrorKind::invalid, "What shall run? Write a command after a `--`, or use -s FILE, -S or -u URL.");
}

Result<int> run_adhoc(Context& context) {
  auto project = context.project();
  if (!project) return fail(project.error());
  auto started = send_adhoc(context, *project);
  if (!started) return fail(started.error());
  const Json* execution = find(*started, "execution");
  const std::string id = execution == nullptr ? std::string() : text_or(plain_view(*execution), "id");
  if (id.empty()) return fail(ErrorKind::internal, "The server did not say which execution it started.");
  auto answer = context.api.get(api_path({"execution", id}));
  if (!answer) return fail(answer.error());
  return report_started(context, *answer, "started");
}

}  // namespace

Commands adhoc_commands() {
  return {
      {"adhoc",
       "Run a command or a script on nodes, without a job.",
       "[-- COMMAND... or arguments of the script]",
       join_options(
           {{project_option(), text("-F,--filter", "FILTER", "The nodes to run on; the server itself when absent."),
             text("-s,--script", "FILE", "Run this file as a script; \"-\" is standard input."),
             flag("-S,--stdin", "Run standard input as a script."),
             text("-u,--url", "URL", "Let the server fetch this script and run it."),
             text("-i,--interpreter", "COMMAND", "What runs the script."),
             flag("-Q,--quoted", "Give script and arguments to the interpreter as one quoted word."),
             text("-x,--extension", "EXT", "Extension of the script's file on the node."),
             number("-C,--threadcount", "N", "On this many nodes at once."),
             flag("-K,--keepgoing", "Go on with other nodes when one fails.")},
            started_options()}),
       {"qd adhoc -p ops --follow -- uptime", "qd adhoc -p ops -F 'tags: web' -C 5 -K -- systemctl restart nginx",
        "qd adhoc -p ops -f -s cleanup.sh -- --dry-run", "echo 'df -h' | qd adhoc -p ops -f --stdin"},
       run_adhoc},
  };
}

}  // namespace qd::cli
