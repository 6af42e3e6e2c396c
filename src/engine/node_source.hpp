// Where the nodes of a project come from.
#pragma once

#include <string>
#include <vector>

#include "model/node.hpp"

namespace qd::engine {

class NodeSource {
 public:
  virtual ~NodeSource() = default;
  // All nodes of the project, the server node among them. Thread-safe; may block.
  virtual std::vector<model::Node> nodes(const std::string& project) = 0;
};

// The server itself, and nothing else.
class ServerNodeSource final : public NodeSource {
 public:
  explicit ServerNodeSource(model::Node server) : server_(std::move(server)) {}
  std::vector<model::Node> nodes(const std::string&) override { return {server_}; }

 private:
  model::Node server_;
};

}  // namespace qd::engine
