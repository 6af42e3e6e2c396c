#include "service/nodes.hpp"

#include <exception>

#include "base/logging.hpp"
#include "base/text.hpp"
#include "model/node_filter.hpp"
#include "service/access.hpp"
#include "service/errors.hpp"

namespace qd::service {
namespace {

constexpr node::NodeCatalog::Patience kOfRequests{Millis{5'000}, false};
constexpr node::NodeCatalog::Patience kOfExecutions{Millis{30'000}, true};

// What a policy may ask of a node: its attributes, `nodename` and the set `tags`.
Decision node_decision(const model::Node& node, const std::string& action, const std::string& project) {
  Decision decision{"node", action, project};
  for (const auto& [key, value] : node.attributes) decision.attributes.emplace(key, value);
  decision.attributes["nodename"] = node.name;
  decision.attributes["tags"] = std::vector<std::string>(node.tags.begin(), node.tags.end());
  return decision;
}

bool may_read(const auth::Identity& who, const model::Node& node, const std::string& project) {
  return allowed(who, node_decision(node, "read", project));
}

}  // namespace

Result<model::Project> Nodes::readable(const auth::Identity& who, const std::string& name) {
  auto project = projects_.find(name);
  if (!project) return no_such_project(name);
  if (!allowed(who, {"node", "read", name})) {
    return fail(ErrorKind::unauthorized, "Not authorized for action \"Read Nodes\" for Project " + name,
                "api.error.item.unauthorized");
  }
  return std::move(*project);
}

Result<model::Project> Nodes::configurable(const auth::Identity& who, const std::string& name) {
  auto project = projects_.find(name);
  if (!project) return no_such_project(name);
  if (auto right = require(who, {"project", "configure", name}, "Project", name); !right) return fail(right.error());
  return std::move(*project);
}

Result<NodeList> Nodes::list(const auth::Identity& who, const std::string& name, const NodeQuery& query) {
  const auto project = readable(who, name);
  if (!project) return fail(project.error());
  const auto moment = catalog_.nodes(name, project->config, kOfRequests);
  NodeList list{moment, {}};
  const bool all = base::trim(query.filter).empty() && base::trim(query.exclude).empty();
  if (all) {
    list.nodes.reserve(moment->size());
    for (const model::Node& node : moment->nodes()) list.nodes.push_back(&node);
  } else {
    const auto filter = model::NodeFilter::parse(query.filter, query.exclude, query.exclude_precedence);
    for (const auto at : filter.find(*moment)) list.nodes.push_back(&moment->nodes()[at]);
  }
  std::erase_if(list.nodes, [&](const model::Node* node) { return !may_read(who, *node, name); });
  return list;
}

Result<NodeList> Nodes::find(const auth::Identity& who, const std::string& name, const std::string& node_name) {
  const auto project = readable(who, name);
  if (!project) return fail(project.error());
  const auto moment = catalog_.nodes(name, project->config, kOfRequests);
  const model::Node* node = moment->find(node_name);
  if (!node || !may_read(who, *node, name)) return no_such("Node Name", node_name);
  return NodeList{moment, {node}};
}

Result<std::vector<std::pair<std::string, std::size_t>>> Nodes::tags(const auth::Identity& who,
                                                                     const std::string& name) {
  const auto project = readable(who, name);
  if (!project) return fail(project.error());
  return catalog_.nodes(name, project->config, kOfRequests)->tag_counts();
}

Result<std::vector<node::SourceView>> Nodes::sources(const auth::Identity& who, const std::string& name) {
  const auto project = configurable(who, name);
  if (!project) return fail(project.error());
  return catalog_.sources(name, project->config, kOfRequests);
}

Result<node::SourceView> Nodes::source(const auth::Identity& who, const std::string& name, const std::string& index) {
  auto all = sources(who, name);
  if (!all) return fail(all.error());
  const auto number = base::parse_int(index).value_or(0);
  if (number < 1 || static_cast<std::size_t>(number) > all->size()) return no_such("source index", index);
  return std::move((*all)[static_cast<std::size_t>(number) - 1]);
}

Result<node::SourceView> Nodes::write_source(const auth::Identity& who, const std::string& name,
                                             const std::string& index, const std::string& document,
                                             codec::NodeFormat format) {
  const auto before = source(who, name, index);
  if (!before) return fail(before.error());
  const auto nodes = codec::decode_nodes(document, format);
  if (!nodes) {
    return fail(ErrorKind::invalid, "The resource data format was invalid: " + nodes.error().message,
                "api.error.resource.format.failure");
  }
  const bool as_it_is = before->format == format;
  const auto project = projects_.find(name);
  if (!project) return no_such_project(name);
  auto written = catalog_.write(name, project->config, before->index,
                                as_it_is ? document : codec::encode_nodes(*nodes, before->format.value_or(format)));
  if (written) return written;
  return fail(ErrorKind::internal, "Failed writing the resource data: " + written.error().message,
              "api.error.resource.write.failure");
}

model::Nodes Nodes::nodes(const std::string& name) {
  const auto project = projects_.find(name);
  return catalog_.nodes(name, project ? project->config : node::ProjectConfig(), kOfExecutions);
}

void Nodes::warm() {
  try {
    for (const model::Project& project : projects_.list()) catalog_.warm(project.name, project.config);
  } catch (const std::exception& error) {
    // Nodes are then read when somebody asks for them, and he is told what is wrong.
    base::log_warn("node", std::string("nodes are not read ahead: ") + error.what());
  }
}

}  // namespace qd::service
