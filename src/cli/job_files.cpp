#include "cli/job_files.hpp"

#include "cli/input_file.hpp"
#include "cli/listing.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"

namespace qd::cli {
namespace {

constexpr const char* kFileKeys =
    "id, jobId, optionName, fileName, size, sha, user, fileState, dateCreated, expirationDate, execId, serverNodeUUID";

std::string file_line(const JsonObject& file) {
  return text_or(file, "id") + " " + text_or(file, "optionName") + " " + text_or(file, "fileName", "-") + " " +
         text_or(file, "size") + " bytes " + text_or(file, "fileState");
}

Result<int> list_files(Context& context) {
  const bool of_job = context.args.has("jobid");
  if (of_job == context.args.has("eid"))
    return fail(ErrorKind::invalid, "Files of what? Use -j JOB or -e EXECUTION, one of them.");
  if (!of_job && context.args.has("state")) return fail(ErrorKind::invalid, "--state is for files of a job only.");
  const std::string path = of_job ? api_path({"job", context.args.text("jobid"), "input", "files"})
                                  : api_path({"execution", context.args.text("eid"), "input", "files"});
  Query query{{"fileState", context.args.text("state")}, {"offset", context.args.text("offset")}};
  if (const auto max = context.args.number("max")) query.emplace_back("max", std::to_string(*max));
  auto answer = context.api.get(path, query);
  if (!answer) return fail(answer.error());
  const Listing listing{views(find(*answer, "files"), plain_view),
                        file_line,
                        {{"ID", "id"},
                         {"OPTION", "optionName"},
                         {"FILE", "fileName"},
                         {"SIZE", "size"},
                         {"STATE", "fileState"},
                         {"CREATED", "dateCreated"}}};
  note_above(context, std::to_string(listing.items.size()) + " files");
  show_list(context, listing);
  return exit_code::done;
}

Result<int> show_file(Context& context) {
  auto id = context.id("id", "qd jobs files info -i KEY");
  if (!id) return fail(id.error());
  auto answer = context.api.get(api_path({"jobs", "file", *id}));
  if (!answer) return fail(answer.error());
  show_one(context, plain_view(*answer));
  return exit_code::done;
}

Result<int> load_file(Context& context) {
  const std::string option = context.args.text("option"), file = context.args.text("file");
  auto key = upload_file(context, context.args.text("id"), option, file);
  if (!key) return fail(key.error());
  if (context.out.for_programs()) {
    context.out.data(JsonObject{{option, *key}});
    return exit_code::done;
  }
  context.out.note("File " + file + " was uploaded for option " + option + ". Its key, to be given as the value:");
  context.out.text(*key);
  return exit_code::done;
}

}  // namespace

Result<std::string> upload_file(const Context& context, const std::string& job, const std::string& name,
                                const std::string& path) {
  auto content = path == "-" ? read_stream(context.in, "Standard input") : read_file(path);
  if (!content) return fail(ErrorKind::invalid, "Option -" + name + ": " + content.error().message);
  const std::size_t slash = path.rfind('/');
  Call call;
  call.method = "POST";
  call.path = api_path({"job", job, "input", "file"});
  call.query = {{"optionName", name}, {"fileName", slash == std::string::npos ? path : path.substr(slash + 1)}};
  call.content_type = "application/octet-stream";
  call.body = std::move(*content);
  auto answer = context.api.send_call(std::move(call));
  if (!answer) return fail(answer.error());
  const Json* keys = find(*answer, "options");
  std::string key = keys == nullptr ? std::string() : text_or(plain_view(*keys), name);
  if (key.empty()) return fail(ErrorKind::internal, "The server did not say under which key it keeps " + path + ".");
  return key;
}

Commands job_file_commands() {
  return {
      {"jobs files list",
       "List the files that were uploaded for a job, or given to an execution.",
       "",
       join_options(
           {{text("-j,--jobid", "ID", "Those of this job."), text("-e,--eid", "ID", "Those of this execution."),
             choice("-s,--state", {"temp", "expired", "deleted", "retained"}, "Of a job; default: temp.")},
            paging_options(),
            listing_options(kFileKeys, "%id %fileName")}),
       {"qd jobs files list -j ID", "qd jobs files list -e 12 -% '%optionName %fileName %sha'"},
       list_files},
      {"jobs files info",
       "Show one uploaded file.",
       "[KEY]",
       join_options({{text("-i,--id", "KEY", "The file's key.")}, listing_options(kFileKeys, "%fileName %size")}),
       {"qd jobs files info -i KEY"},
       show_file},
      {"jobs files load",
       "Upload a file for an option of a job. Its key is printed: the value of the option in a run.",
       "",
       {required(text("-i,--id", "ID", "The job.")), required(text("-o,--option", "NAME", "The option.")),
        required(text("-f,--file", "FILE", "The file; \"-\" is standard input."))},
       {"qd jobs files load -i ID -o input -f data.csv"},
       load_file},
  };
}

}  // namespace qd::cli
