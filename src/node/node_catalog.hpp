// The nodes of every project, as its configuration says: sources in their order, one over the other, and what the
// enhancers add. Keys: resources.source.N.type and .config.*, nodes.plugin.N.type and .config.*, project.nodeCache.*
// and project.resources.mergeNodeAttributes (document-format-reference and manual of the peer's documentation).
//
// What is asked for is always the last moment that is complete; sources are read again behind it, on pools of the
// catalog's own, so that a source that hangs holds up no other and nobody who asks.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "model/node_set.hpp"
#include "node/resource_source.hpp"

namespace qd::node {

using ProjectConfig = std::map<std::string, std::string>;

// A source as its last reading left it.
struct SourceView {
  std::size_t index = 0;  // from 1
  std::string type;
  std::string errors;  // of the last reading; "" when it went well. The nodes are then those of an earlier one.
  std::string description;
  bool writeable = false;
  bool empty = false;                       // only told of writeable ones
  std::optional<codec::NodeFormat> format;  // of a writeable one's content
  std::shared_ptr<const std::vector<model::Node>> nodes;
};

// Thread-safe.
class NodeCatalog {
 public:
  // How long somebody who asks waits for what has never been read, or may have changed on disk.
  struct Patience {
    Millis limit{5'000};
    bool fresh = false;  // waits for remote sources too when their nodes are old; else only for their first ones
  };

  explicit NodeCatalog(SourceParts parts);
  ~NodeCatalog();
  NodeCatalog(const NodeCatalog&) = delete;
  NodeCatalog& operator=(const NodeCatalog&) = delete;

  // Never null. `config` is the project's as it is now: a change of it is noticed by this.
  model::Nodes nodes(const std::string& project, const ProjectConfig& config, Patience patience);
  std::vector<SourceView> sources(const std::string& project, const ProjectConfig& config, Patience patience);

  // Replaces the content of a writeable source, which was checked, and reads it again. Errors: not_found, invalid (not
  // writeable), and what the source says.
  Result<SourceView> write(const std::string& project, const ProjectConfig& config, std::size_t index,
                           const std::string& content);
  // Everything is read again when somebody asks next.
  void forget(const std::string& project);
  // Begins to read, and waits for nothing.
  void warm(const std::string& project, const ProjectConfig& config);
  // Waits for the readings under way; later nothing is read any more.
  void stop() noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace qd::node
