// The settings of a provider for one use: from the use itself, the project and the framework, as each property's scope
// says. Source: "Property scopes" in docs/developer/01-plugin-development.md of the peer's documentation.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/node.hpp"
#include "plugin/manifest.hpp"

namespace qd::plugin {

using Texts = std::map<std::string, std::string>;

// The secret at a key storage path; empty: there is no key storage. Blocks.
using ReadSecret = std::function<Result<std::string>(const std::string& path)>;

struct SettingSources {
  Texts instance;                         // what the step, source or notification says, with references filled
  const Texts* properties = nullptr;      // framework.plugin.SERVICE.NAME.KEY and project.plugin.…; null: none
  const Texts* secure_options = nullptr;  // for valueConversion PRIVATE_DATA_CONTEXT; null: none
  ReadSecret read_secret = {};            // for valueConversion STORAGE_PATH_AUTOMATIC_READ
};

struct Settings {
  Texts values;
  std::vector<std::string> secrets;  // those values that must be hidden
};

// Errors name the property, and say what is wrong with its value or where it can be set.
Result<Settings> resolve_settings(const Provider& provider, const SettingSources& sources);

// For executors and copiers: what the node's attributes say, by the rendering option instance-scope-node-attribute.
Texts node_instance(const Provider& provider, const model::Node& node);

}  // namespace qd::plugin
