#include "cli/listing.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"

namespace qd::cli {
namespace {

constexpr const char* kKeys =
    "artifactName, author, builtin, description, id, name, pluginVersion, service, title, providerMetadata";

std::string plugin_line(const JsonObject& plugin) {
  const auto version = text_or(plugin, "pluginVersion");
  return text_or(plugin, "service") + " " + text_or(plugin, "name") + (version.empty() ? "" : " " + version) + ": " +
         text_or(plugin, "title");
}

Result<int> list_plugins(Context& context) {
  auto answer = context.api.get("plugin/list");
  if (!answer) return fail(answer.error());
  Listing listing;
  const auto service = context.args.text("service");
  for (auto& plugin : views(&*answer, plain_view)) {
    if (!service.empty() && text_or(plugin, "service") != service) continue;
    if (context.args.has("installed") && truth_or(plugin, "builtin", false)) continue;
    listing.items.push_back(std::move(plugin));
  }
  listing.line = plugin_line;
  listing.columns = {{"SERVICE", "service"},
                     {"NAME", "name"},
                     {"VERSION", "pluginVersion"},
                     {"TITLE", "title"},
                     {"ARTIFACT", "artifactName"}};
  note_above(context, std::to_string(listing.items.size()) + " plugins:");
  show_list(context, listing);
  return exit_code::done;
}

Result<int> list_troubles(Context& context) {
  auto answer = context.api.get("plugin/troubles");
  if (!answer) return fail(answer.error());
  show_list(context, {views(&*answer, plain_view),
                      [](const JsonObject& one) { return text_or(one, "file") + ": " + text_or(one, "message"); },
                      {{"FILE", "file"}, {"MESSAGE", "message"}}});
  return exit_code::done;
}

}  // namespace

Commands plugin_commands() {
  return {
      {"plugins list",
       "List what plugins the server has.",
       "",
       join_options({{text("-s,--service", "SERVICE", "Only of this service: WorkflowNodeStep, NodeExecutor, …"),
                      flag("--installed", "Only those that are not built in.")},
                     listing_options(kKeys, "%service %name")}),
       {"qd plugins list --installed", "qd plugins list -s Notification -% '%name'"},
       list_plugins},
      {"plugins troubles",
       "List plugins that cannot be used, and why.",
       "",
       listing_options("file, message", "%file %message"),
       {"qd plugins troubles"},
       list_troubles},
  };
}

}  // namespace qd::cli
