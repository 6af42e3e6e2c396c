// Access policies that the server keeps: of the system and of projects.
#include "cli/context.hpp"
#include "cli/input_file.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"

namespace qd::cli {
namespace {

constexpr std::size_t kMaxPolicyBytes = 1u << 20;

// The folder of the policies below /api/NN/: of the project, or of the system.
Result<std::vector<std::string>> policy_folder(const Context& context, bool of_project) {
  if (!of_project) return std::vector<std::string>{"system", "acl"};
  auto project = context.project();
  if (!project) return fail(project.error());
  return std::vector<std::string>{"project", *project, "acl"};
}

Result<std::string> policy_path(const Context& context, bool of_project) {
  auto folder = policy_folder(context, of_project);
  if (!folder) return fail(folder.error());
  auto name = context.id("name", of_project ? "qd projects acls get -p ops -n deploy.aclpolicy"
                                            : "qd system acls get -n deploy.aclpolicy");
  if (!name) return fail(name.error());
  folder->push_back(name->ends_with(".aclpolicy") ? *name : *name + ".aclpolicy");
  return api_path(*folder);
}

Result<int> list_policies(Context& context, bool of_project) {
  const auto folder = policy_folder(context, of_project);
  if (!folder) return fail(folder.error());
  auto answer = context.api.get(api_path(*folder));
  if (!answer) return fail(answer.error());
  const Json* resources = find(*answer, "resources");
  if (context.out.for_programs()) {
    context.out.data(resources != nullptr ? *resources : *answer);
    return exit_code::done;
  }
  const JsonArray* list = resources != nullptr ? resources->if_array() : nullptr;
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    if (const JsonObject* entry = (*list)[i].if_object()) context.out.text(text_or(*entry, "name"));
  }
  return exit_code::done;
}

void print_policy(const Context& context, const Json& answer) {
  if (context.out.for_programs()) return context.out.data(answer);
  const JsonObject* object = answer.if_object();
  if (object != nullptr) context.out.text(text_or(*object, "contents"));
}

Result<int> get_policy(Context& context, bool of_project) {
  const auto path = policy_path(context, of_project);
  if (!path) return fail(path.error());
  auto answer = context.api.get(*path);
  if (!answer) return fail(answer.error());
  print_policy(context, *answer);
  return exit_code::done;
}

Result<int> send_policy(Context& context, bool of_project, const char* method) {
  const auto path = policy_path(context, of_project);
  if (!path) return fail(path.error());
  const std::string file = context.args.text("file");
  const auto contents =
      file == "-" ? read_stream(context.in, "Standard input", kMaxPolicyBytes) : read_file(file, kMaxPolicyBytes);
  if (!contents) return fail(contents.error());
  auto answer = context.api.send_json(method, *path, Json(JsonObject{{"contents", *contents}}));
  if (!answer) return fail(answer.error());
  print_policy(context, *answer);
  return exit_code::done;
}

Result<int> delete_policy(Context& context, bool of_project) {
  const auto path = policy_path(context, of_project);
  if (!path) return fail(path.error());
  auto answer = context.api.send("DELETE", *path);
  if (!answer) return fail(answer.error());
  context.out.note("Deleted " + *path + ".");
  return exit_code::done;
}

OptionSpec name_option() {
  return text("-n,--name", "NAME", "Name of the policy, with or without .aclpolicy.");
}
OptionSpec policy_file_option() {
  return required(text("-f,--file", "FILE", "File with the policy; \"-\" is standard input."));
}

}  // namespace

Commands stored_policy_commands() {
  return {
      {"projects acls list",
       "List the access policies of a project.",
       "",
       {project_option()},
       {"qd projects acls list -p ops"},
       [](Context& context) { return list_policies(context, true); }},
      {"projects acls get",
       "Print an access policy of a project.",
       "",
       {project_option(), name_option()},
       {"qd projects acls get -p ops -n deploy"},
       [](Context& context) { return get_policy(context, true); }},
      {"projects acls create",
       "Make an access policy of a project.",
       "",
       {project_option(), name_option(), policy_file_option()},
       {"qd projects acls create -p ops -n deploy -f deploy.aclpolicy"},
       [](Context& context) { return send_policy(context, true, "POST"); }},
      {"projects acls upload",
       "Replace an access policy of a project.",
       "",
       {project_option(), name_option(), policy_file_option()},
       {"qd projects acls upload -p ops -n deploy -f deploy.aclpolicy"},
       [](Context& context) { return send_policy(context, true, "PUT"); }},
      {"projects acls delete",
       "Delete an access policy of a project.",
       "",
       {project_option(), name_option()},
       {"qd projects acls delete -p ops -n deploy"},
       [](Context& context) { return delete_policy(context, true); }},
      {"system acls list",
       "List the access policies of the system that the database holds.",
       "",
       {},
       {"qd system acls list"},
       [](Context& context) { return list_policies(context, false); }},
      {"system acls get",
       "Print an access policy of the system.",
       "",
       {name_option()},
       {"qd system acls get -n deploy"},
       [](Context& context) { return get_policy(context, false); }},
      {"system acls create",
       "Make an access policy of the system.",
       "",
       {name_option(), policy_file_option()},
       {"qd system acls create -n deploy -f deploy.aclpolicy"},
       [](Context& context) { return send_policy(context, false, "POST"); }},
      {"system acls upload",
       "Replace an access policy of the system.",
       "",
       {name_option(), policy_file_option()},
       {"qd system acls upload -n deploy -f deploy.aclpolicy"},
       [](Context& context) { return send_policy(context, false, "PUT"); }},
      {"system acls delete",
       "Delete an access policy of the system.",
       "",
       {name_option()},
       {"qd system acls delete -n deploy"},
       [](Context& context) { return delete_policy(context, false); }},
  };
}

}  // namespace qd::cli
