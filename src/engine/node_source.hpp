// Where the nodes of a project come from.
#pragma once

#include <string>

#include "model/node_set.hpp"

namespace qd::engine {

class NodeSource {
 public:
  virtual ~NodeSource() = default;
  // All nodes of the project as of now, the server node among them; never null. Thread-safe; may block for a while.
  virtual model::Nodes nodes(const std::string& project) = 0;
  // The sources of the project are read again before anyone gets its nodes next. Thread-safe.
  virtual void refresh(const std::string&) {}
};

}  // namespace qd::engine
