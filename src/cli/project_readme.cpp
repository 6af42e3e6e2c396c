#include "cli/context.hpp"
#include "cli/input_file.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"

namespace qd::cli {
namespace {

constexpr std::size_t kMaxReadmeBytes = 16u << 20;

std::string readme_name(const Context& context) {
  return context.args.has("motd") ? "motd.md" : "readme.md";
}

void print_readme(const Context& context, const Json& answer) {
  if (context.out.for_programs()) return context.out.data(answer);
  context.out.text(text_or(plain_view(answer), "contents"));
}

Result<int> get_readme(Context& context) {
  auto project = context.project();
  if (!project) return fail(project.error());
  auto answer = context.api.get(api_path({"project", *project, readme_name(context)}));
  if (!answer) return fail(answer.error());
  print_readme(context, *answer);
  return exit_code::done;
}

Result<std::string> readme_text(const Context& context) {
  if (context.args.has("text")) return context.args.text("text");
  const std::string file = context.args.text("file");
  if (file == "-") return read_stream(context.in, "Standard input", kMaxReadmeBytes);
  if (!file.empty()) return read_file(file, kMaxReadmeBytes);
  return fail(ErrorKind::invalid, "What shall be written? Use -f FILE or -t TEXT.");
}

Result<int> put_readme(Context& context) {
  auto project = context.project();
  if (!project) return fail(project.error());
  auto contents = readme_text(context);
  if (!contents) return fail(contents.error());
  const std::string path = api_path({"project", *project, readme_name(context)});
  auto answer = context.api.send_json("PUT", path, Json(JsonObject{{"contents", *contents}}));
  if (!answer) return fail(answer.error());
  print_readme(context, *answer);
  return exit_code::done;
}

Result<int> delete_readme(Context& context) {
  auto project = context.project();
  if (!project) return fail(project.error());
  auto answer = context.api.send("DELETE", api_path({"project", *project, readme_name(context)}));
  if (!answer) return fail(answer.error());
  context.out.note("Deleted " + readme_name(context) + " of project " + *project + ".");
  return exit_code::done;
}

}  // namespace

Commands project_readme_commands() {
  const OptionSpec motd = flag("-m,--motd", "The message of the day (motd.md) instead of readme.md.");
  return {
      {"projects readme get",
       "Print the readme of a project.",
       "",
       {project_option(), motd},
       {"qd projects readme get -p ops", "qd projects readme get -p ops --motd"},
       get_readme},
      {"projects readme put",
       "Write the readme of a project.",
       "",
       {project_option(), motd, text("-f,--file", "FILE", "File with the new text; \"-\" is standard input."),
        text("-t,--text", "TEXT", "The new text itself.")},
       {"qd projects readme put -p ops -f readme.md", "qd projects readme put -p ops --motd -t 'Maintenance tonight'"},
       put_readme},
      {"projects readme delete",
       "Delete the readme of a project.",
       "",
       {project_option(), motd},
       {"qd projects readme delete -p ops --motd"},
       delete_readme},
  };
}

}  // namespace qd::cli
