// What plugins there are: built in, and installed in the folder of plugins.
#pragma once

#include <string>
#include <vector>

#include "plugin/registry.hpp"

namespace qd::service {

struct PluginView {
  const plugin::Provider* provider;  // lives as long as `installed`, or for ever
  plugin::InstalledPtr installed;    // null for built-in ones
};

// Thread-safe.
class Plugins {
 public:
  explicit Plugins(plugin::Registry& registry) : registry_(registry) {}

  // By service and name, as the folder is now. Blocks on files.
  std::vector<PluginView> list();
  Result<PluginView> find(const std::string& service, const std::string& name);
  // Those that cannot be used, and why.
  std::vector<plugin::Trouble> troubles() { return registry_.troubles(); }

 private:
  plugin::Registry& registry_;
};

}  // namespace qd::service
