#include "base/text.hpp"
#include "cli/listing.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"

namespace qd::cli {
namespace {

std::string node_line(const JsonObject& node) {
  return text_or(node, "nodename");
}

Result<int> list_nodes(Context& context) {
  auto project = context.project();
  if (!project) return fail(project.error());
  const std::string filter = context.args.text("filter", base::join(context.args.operands(), " "));
  auto answer = context.api.get(api_path({"project", *project, "resources"}), {{"format", "json"}, {"filter", filter}});
  if (!answer) return fail(answer.error());
  Listing listing;
  if (answer->is_object()) {
    for (const auto& [name, attributes] : answer->get_object()) {
      JsonObject node{{"nodename", name}};
      for (const auto& [key, value] : plain_view(attributes)) node[key] = value;
      listing.items.push_back(std::move(node));
    }
  }
  listing.line = node_line;
  listing.columns = {
      {"NAME", "nodename"}, {"HOST", "hostname"}, {"USER", "username"}, {"OS", "osName"}, {"TAGS", "tags"}};
  note_above(context, std::to_string(listing.items.size()) + " Nodes" + (filter.empty() ? "" : " matching filter") +
                          " in project " + *project + ":");
  show_list(context, listing);
  return exit_code::done;
}

}  // namespace

Commands node_commands() {
  return {
      {"nodes list",
       "List the nodes of a project, all or those that match a filter.",
       "[FILTER...]",
       join_options({{project_option(), text("-F,--filter", "FILTER", "A node filter.")},
                     listing_options(
                         "nodename, hostname, username, osFamily, osName, osVersion, osArch, description, tags, or any "
                         "attribute",
                         "%nodename %tags")}),
       {"qd nodes list -p ops", "qd nodes list -p ops 'tags: web'", "qd nodes list -p ops -% '%nodename %hostname'"},
       list_nodes},
  };
}

}  // namespace qd::cli
