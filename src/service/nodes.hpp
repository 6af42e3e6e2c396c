// Use cases on the nodes of projects and on the sources that they come from.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "auth/identity.hpp"
#include "base/result.hpp"
#include "engine/node_source.hpp"
#include "model/node_set.hpp"
#include "node/node_catalog.hpp"
#include "store/project_store.hpp"

namespace qd::service {

// Some nodes of one moment, by name; `moment` keeps them alive.
struct NodeList {
  std::shared_ptr<const void> moment;
  std::vector<const model::Node*> nodes;
};

// Which nodes are asked for, as node filters say it. No filter at all: every node.
struct NodeQuery {
  std::string filter, exclude;
  bool exclude_precedence = true;
};

// Thread-safe; blocks on the database, and for a while on sources that have never been read.
class Nodes final : public engine::NodeSource {
 public:
  Nodes(store::ProjectStore& projects, node::NodeCatalog& catalog) : projects_(projects), catalog_(catalog) {}

  Result<NodeList> list(const auth::Identity& who, const std::string& project, const NodeQuery& query);
  Result<NodeList> find(const auth::Identity& who, const std::string& project, const std::string& name);
  // How many nodes have each tag, by tag.
  Result<std::vector<std::pair<std::string, std::size_t>>> tags(const auth::Identity& who, const std::string& project);

  Result<std::vector<node::SourceView>> sources(const auth::Identity& who, const std::string& project);
  Result<node::SourceView> source(const auth::Identity& who, const std::string& project, const std::string& index);
  // Replaces the content of a writeable source by a document in `format`, which is checked first.
  Result<node::SourceView> write_source(const auth::Identity& who, const std::string& project, const std::string& index,
                                        const std::string& document, codec::NodeFormat format);

  // For executions: waits longer, and does not take old nodes for new ones.
  model::Nodes nodes(const std::string& project) override;
  void refresh(const std::string& project) override { catalog_.forget(project); }
  // Begins to read the sources of all projects.
  void warm();

 private:
  Result<model::Project> readable(const auth::Identity& who, const std::string& project);
  Result<model::Project> configurable(const auth::Identity& who, const std::string& project);

  store::ProjectStore& projects_;
  node::NodeCatalog& catalog_;
};

}  // namespace qd::service
