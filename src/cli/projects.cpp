#include "cli/config_input.hpp"
#include "cli/listing.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"

namespace qd::cli {
namespace {

constexpr const char* kProjectKeys = "name, description, label, url, created, config, config.KEY";

Result<int> list_projects(Context& context) {
  auto answer = context.api.get("projects");
  if (!answer) return fail(answer.error());
  Listing listing{views(&*answer, project_view), project_line, {{"NAME", "name"}, {"DESCRIPTION", "description"}}};
  note_above(context, std::to_string(listing.items.size()) + " Projects:");
  show_list(context, listing);
  return exit_code::done;
}

Result<int> show_project(Context& context) {
  auto project = context.project();
  if (!project) return fail(project.error());
  auto answer = context.api.get(api_path({"project", *project}));
  if (!answer) return fail(answer.error());
  JsonObject view = project_view(*answer);
  if (!context.args.has("verbose") && !context.args.has("outformat") && !context.out.for_programs())
    view.erase("config");
  show_one(context, view);
  return exit_code::done;
}

Result<int> create_project(Context& context) {
  auto project = context.project();
  if (!project) return fail(project.error());
  auto config = read_config_input(context, false);
  if (!config) return fail(config.error());
  JsonObject body{{"name", *project}, {"config", *config}};
  auto answer = context.api.send_json("POST", "projects", Json(body));
  if (!answer) return fail(answer.error());
  const JsonObject view = project_view(*answer);
  if (context.out.for_programs()) {
    context.out.data(Json(view));
  } else {
    context.out.note("Created project: " + project_line(view));
  }
  return exit_code::done;
}

Result<int> delete_project(Context& context) {
  auto project = context.project();
  if (!project) return fail(project.error());
  if (auto confirmed = context.confirm("Really delete project " + *project + " with its jobs and executions?");
      !confirmed) {
    return fail(confirmed.error());
  }
  auto answer = context.api.send("DELETE", api_path({"project", *project}), {{"deferred", "false"}});
  if (!answer) return fail(answer.error());
  context.out.note("Project was deleted: " + *project);
  return exit_code::done;
}

}  // namespace

Commands project_commands() {
  const Options listing = listing_options(kProjectKeys, "%name: %description");
  return {
      {"projects list",
       "List all projects that you may see.",
       "",
       listing,
       {"qd projects list", "qd projects list -% '%name %description'", "qd projects list -o json"},
       list_projects},
      {"projects info",
       "Show one project.",
       "",
       join_options({{project_option()}, listing}),
       {"qd projects info -p ops", "qd projects info -p ops -v"},
       show_project},
      {"projects create",
       "Create a project.",
       "[-- --KEY=VALUE...]",
       join_options({{project_option()}, config_input_options()}),
       {"qd projects create -p ops", "qd projects create -p ops -- --project.description='Operations team'",
        "qd projects create -p ops -f ops.properties"},
       create_project},
      {"projects delete",
       "Delete a project with everything in it.",
       "",
       {project_option(), confirm_option()},
       {"qd projects delete -p ops", "qd projects delete -p ops --confirm"},
       delete_project},
  };
}

}  // namespace qd::cli
