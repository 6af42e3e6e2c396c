#include "service/plugins.hpp"

#include <algorithm>
#include <tuple>

#include "plugin/built_in.hpp"

namespace qd::service {

std::vector<PluginView> Plugins::list() {
  registry_.refresh();
  std::vector<PluginView> all;
  for (const auto& one : plugin::built_in_providers()) all.push_back({&one, nullptr});
  for (const auto& one : registry_.list()) all.push_back({&one->provider, one});
  std::ranges::stable_sort(all, {},
                           [](const PluginView& one) { return std::tie(one.provider->service, one.provider->name); });
  return all;
}

Result<PluginView> Plugins::find(const std::string& service, const std::string& name) {
  for (auto& one : list()) {
    if (one.provider->service == service && one.provider->name == name) return std::move(one);
  }
  return fail(ErrorKind::not_found, "There is no " + service + " plugin '" + name + "' on this server",
              "api.error.item.doesnotexist");
}

}  // namespace qd::service
