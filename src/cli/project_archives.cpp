// `qd projects archives`: with the options of `rd projects archives`.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/text.hpp"
#include "cli/context.hpp"
#include "cli/input_file.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"

namespace qd::cli {
namespace {

constexpr std::size_t kMaxArchiveBytes = std::size_t{2} << 30;
constexpr std::chrono::milliseconds kFirstArchivePause{100};
constexpr std::chrono::milliseconds kLongestArchivePause{2'000};
constexpr const char* kZipType = "application/zip";

std::string told(const http::ClientResponse& answer, const std::string& body) {
  const auto json = parse_json(body);
  if (json && json->is_object()) {
    if (auto message = text_or(json->get_object(), "message"); !message.empty()) return message;
  }
  return "the server answers " + std::to_string(answer.status);
}

ErrorKind kind_of_status(int status) {
  if (status == 403 || status == 401) return ErrorKind::unauthorized;
  if (status == 404) return ErrorKind::not_found;
  if (status >= 500) return ErrorKind::unavailable;
  return ErrorKind::invalid;
}

// Calls `ask` until it says that it is done; pauses grow to two seconds.
Result<> wait_until(const std::function<Result<bool>()>& ask) {
  for (auto pause = kFirstArchivePause;; pause = std::min(pause * 2, kLongestArchivePause)) {
    const auto done = ask();
    if (!done) return fail(done.error());
    if (*done) return {};
    std::this_thread::sleep_for(pause);
  }
}

// ---- export ----

Result<Query> export_query(const Context& context) {
  const auto ids = context.args.comma_list("execids");
  const auto parts = context.args.comma_list("include");
  if (!ids.empty() && !parts.empty()) return fail(ErrorKind::invalid, "--execids and --include cannot be combined.");
  if (!ids.empty()) return Query{{"executionIds", base::join(ids, ",")}};
  Query query;
  static constexpr std::pair<const char*, const char*> known[] = {
      {"all", "exportAll"},
      {"jobs", "exportJobs"},
      {"executions", "exportExecutions"},
      {"configs", "exportConfigs"},
      {"acls", "exportAcls"},
      {"readmes", "exportReadmes"},
      {"scm", "exportScm"},
      {"webhooks", "exportWebhooks"},
      {"calendars", "exportComponents.calendars"},
      {"schedules", "exportComponents.Schedule Definitions"}};
  for (const auto& part : parts) {
    const auto* found =
        std::find_if(std::begin(known), std::end(known), [&](const auto& one) { return one.first == part; });
    if (found == std::end(known)) {
      return fail(ErrorKind::invalid,
                  "--include " + part +
                      ": use all, jobs, executions, configs, readmes, acls, scm, webhooks, calendars or schedules.");
    }
    query.emplace_back(found->second, "true");
  }
  const bool all = parts.empty() || std::find(parts.begin(), parts.end(), "all") != parts.end();
  if (parts.empty()) query.emplace_back("exportAll", "true");
  if (!all) query.emplace_back("exportAll", "false");
  if (context.args.has("include-webhook-tokens")) query.emplace_back("whkIncludeAuthTokens", "true");
  return query;
}

// The file appears under its name once it is whole.
Result<std::uintmax_t> download(Context& context, const std::string& path, const std::string& file) {
  const std::string part = file + ".part";
  std::ofstream stream(part, std::ios::binary | std::ios::trunc);
  if (!stream) return fail(ErrorKind::invalid, "Cannot write " + part + ". Is there such a folder?");
  std::string first;  // of an answer that is an error
  Call call;
  call.path = path;
  call.accept = kZipType;
  call.on_data = [&](std::string_view bytes) {
    if (first.size() < 4096) first += bytes.substr(0, 4096);
    return static_cast<bool>(stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size())));
  };
  auto answer = context.api.raw(call);
  stream.close();
  std::error_code error;
  if (answer && answer->status == 200 && stream) {
    const auto size = std::filesystem::file_size(part, error);
    std::filesystem::rename(part, file, error);
    if (!error) return size;
  }
  std::error_code ignored;
  std::filesystem::remove(part, ignored);
  if (!answer) return fail(answer.error());
  if (answer->status != 200) return fail(kind_of_status(answer->status), told(*answer, first));
  return fail(ErrorKind::invalid, "Cannot write " + file + ". Is the disk full?");
}

Result<int> export_archive(Context& context) {
  const auto project = context.project();
  if (!project) return fail(project.error());
  const auto query = export_query(context);
  if (!query) return fail(query.error());
  context.out.note("Export Archive for project: " + *project);
  // Ids can be many: as a form they fit.
  Call begin;
  begin.method = "POST";
  begin.path = api_path({"project", *project, "export", "async"});
  begin.body = encode_query(*query);
  begin.content_type = "application/x-www-form-urlencoded";
  const auto begun = context.api.send_call(begin);
  if (!begun) return fail(begun.error());
  const auto token = begun->is_object() ? text_or(begun->get_object(), "token") : "";
  const auto status = api_path({"project", *project, "export", "status", token});
  std::string shown;
  auto waited = wait_until([&]() -> Result<bool> {
    const auto now = context.api.get(status);
    if (!now) return fail(now.error());
    const auto& object = now->as_object();
    if (const auto percent = text_or(object, "percentage"); percent != shown) {
      shown = percent;
      context.out.note(percent + "%");
    }
    return truth_or(object, "ready", false);
  });
  if (!waited) return fail(waited.error());
  const auto file = context.args.text("file");
  const auto size = download(context, api_path({"project", *project, "export", "download", token}), file);
  if (!size) return fail(size.error());
  context.out.note("Wrote " + std::to_string(*size) + " bytes to file " + file);
  return exit_code::done;
}

// ---- import ----

Result<Query> import_query(const Context& context) {
  const auto& args = context.args;
  Query query{{"jobUuidOption", args.has("remove") ? "remove" : "preserve"},
              {"importExecutions", args.has("no-executions") ? "false" : "true"}};
  static constexpr std::pair<const char*, const char*> flags[] = {{"include-config", "importConfig"},
                                                                  {"include-acl", "importACL"},
                                                                  {"include-scm", "importScm"},
                                                                  {"include-webhooks", "importWebhooks"},
                                                                  {"regenerate-tokens", "whkRegenAuthTokens"},
                                                                  {"remove-webhooks-uuids", "whkRegenUuid"},
                                                                  {"include-node-sources", "importNodesSources"},
                                                                  {"validate-jobref", "validateJobref"}};
  for (const auto& [option, parameter] : flags) query.emplace_back(parameter, args.has(option) ? "true" : "false");
  const bool in_background = args.has("follow") || args.has("async-import-enabled");
  query.emplace_back("asyncImport", in_background ? "true" : "false");
  for (const auto& name : args.list("component")) query.emplace_back("importComponents." + name, "true");
  for (const auto& option : args.list("options")) {
    const auto equals = option.find('=');
    if (equals == std::string::npos || option.find('.') > equals)
      return fail(ErrorKind::invalid, "--options " + option + ": write NAME.KEY=VALUE.");
    query.emplace_back("importOpts." + option.substr(0, equals), option.substr(equals + 1));
  }
  return query;
}

// True when there were any.
bool show_errors(Context& context, const JsonObject& answer, const char* key, const std::string& title) {
  const Json* errors = find(answer, key);
  if (errors == nullptr || !errors->is_array() || errors->get_array().empty()) return false;
  context.out.error(title);
  for (const Json& error : errors->get_array()) context.out.error("* " + scalar_text(error).value_or(""));
  return true;
}

int show_outcome(Context& context, const JsonObject& answer, bool successful) {
  if (context.out.for_programs()) {
    context.out.data(answer);
  } else if (successful) {
    context.out.note("Jobs imported successfully");
  }
  bool any = !successful;
  show_errors(context, answer, "errors", "Some imported Jobs failed:");
  any = show_errors(context, answer, "execution_errors", "Some imported executions failed:") || any;
  any = show_errors(context, answer, "acl_errors", "Some imported ACLs failed:") || any;
  any = show_errors(context, answer, "scm_errors", "Some imported SCM configuration failed:") || any;
  any = show_errors(context, answer, "other_errors", "Some other parts failed:") || any;
  const bool failed = context.args.has("strict") ? any : !successful;
  return failed ? exit_code::partly : exit_code::done;
}

Result<int> follow_import(Context& context, const std::string& project) {
  JsonObject last;
  std::string shown;
  auto waited = wait_until([&]() -> Result<bool> {
    const auto now = context.api.get(api_path({"project", project, "import", "status"}));
    if (!now) return fail(now.error());
    last = now->as_object();
    if (const auto percent = text_or(last, "percentage"); percent != shown) {
      shown = percent;
      context.out.note(percent + "%");
    }
    return truth_or(last, "completed", false);
  });
  if (!waited) return fail(waited.error());
  const bool successful = truth_or(last, "successful", false);
  const Json* details = find(last, "details");
  const bool detailed = details != nullptr && details->is_object() && !details->get_object().empty();
  if (!successful && !detailed) return fail(ErrorKind::invalid, text_or(last, "errors"));
  return show_outcome(context, detailed ? details->get_object() : last, successful);
}

Result<int> import_archive(Context& context) {
  const auto project = context.project();
  if (!project) return fail(project.error());
  auto query = import_query(context);
  if (!query) return fail(query.error());
  auto archive = read_file(context.args.text("file"), kMaxArchiveBytes);
  if (!archive) return fail(archive.error());
  std::string body;
  Call call;
  call.method = "PUT";
  call.path = api_path({"project", *project, "import"});
  call.query = std::move(*query);
  call.body = std::move(*archive);
  call.content_type = kZipType;
  call.on_data = [&](std::string_view bytes) {  // an import may take longer than other calls
    body += bytes;
    return body.size() < (64u << 20);
  };
  const auto answer = context.api.raw(call);
  if (!answer) return fail(answer.error());
  if (answer->status != 200) return fail(kind_of_status(answer->status), told(*answer, body));
  const auto json = parse_json(body);
  if (!json || !json->is_object())
    return fail(ErrorKind::internal, "The server's answer to the import is no JSON object.");
  if (context.args.has("follow")) return follow_import(context, *project);
  if (context.args.has("async-import-enabled")) {
    context.out.note(
        "Asynchronous import operation started. Ask how far it is: qd projects archives "
        "async-import-status -p " +
        *project);
    return exit_code::done;
  }
  return show_outcome(context, json->get_object(), truth_or(json->get_object(), "successful", false));
}

Result<int> import_status(Context& context) {
  const auto project = context.project();
  if (!project) return fail(project.error());
  const auto answer = context.api.get(api_path({"project", *project, "import", "status"}));
  if (!answer) return fail(answer.error());
  context.out.data(*answer);
  return exit_code::done;
}

}  // namespace

Commands project_archive_commands() {
  const OptionSpec file = required(text("-f,--file", "FILE", "The archive's file."));
  return {
      {"projects archives export",
       "Write a project to an archive.",
       "",
       {project_option(), file, list("-e,--execids", "ID", "Only these executions."),
        list("-i,--include", "PART",
             "What goes in: all, jobs, executions, configs, readmes, acls, scm, webhooks, calendars, schedules; all "
             "without it."),
        flag("--include-webhook-tokens", "The tokens of webhooks go in, too.")},
       {"qd projects archives export -p ops -f ops.rdproject.jar",
        "qd projects archives export -p ops -f ops.zip -i jobs configs"},
       export_archive},
      {"projects archives import",
       "Take an archive into a project.",
       "",
       {project_option(), file, flag("-r,--remove", "Jobs get new ids; without it they keep those of the archive."),
        flag("-x,--no-executions", "Executions stay out."),
        flag("-c,--include-config", "The project's configuration goes in."),
        flag("-a,--include-acl", "Access policies go in."), flag("-s,--include-scm", "SCM configuration goes in."),
        flag("-w,--include-webhooks", "Webhooks go in."), flag("-t,--regenerate-tokens", "Webhooks get new tokens."),
        flag("-R,--remove-webhooks-uuids", "Webhooks get new ids."),
        flag("-n,--include-node-sources", "Sources of nodes go in."),
        flag("-i,--async-import-enabled", "Do not wait for the end."),
        flag("-F,--follow", "Import in the background, and show how far it is until it ends."),
        flag("--validate-jobref", "A job that refers to a job that is not there fails."),
        flag("--strict", "The exit status is not 0 when anything failed, not only jobs."),
        list("-I,--component", "NAME", "Other parts that go in: calendars, 'Schedule Definitions'."),
        list("-O,--options", "NAME.KEY=VALUE", "Options of such parts.")},
       {"qd projects archives import -p ops -f ops.rdproject.jar -c -a -n",
        "qd projects archives import -p copy -f ops.zip -r --follow"},
       import_archive},
      {"projects archives async-import-status",
       "Tell how far the last import in the background is.",
       "",
       {project_option()},
       {"qd projects archives async-import-status -p ops"},
       import_status},
  };
}

}  // namespace qd::cli
