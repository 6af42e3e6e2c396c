#include "node/project_sources.hpp"

#include <algorithm>

#include "base/logging.hpp"
#include "base/text.hpp"

namespace qd::node {
namespace {

constexpr const char* kSourcePrefix = "resources.source.";
constexpr const char* kEnhancerPrefix = "nodes.plugin.";
constexpr const char* kMergeKey = "project.resources.mergeNodeAttributes";
constexpr const char* kCachePrefix = "project.nodeCache.";
constexpr std::int64_t kLongestKeep = 86'400;

// PREFIX1.type, PREFIX2.type … until one is missing.
std::vector<PluginConfig> numbered_plugins(const SourceConfig& config, const std::string& prefix) {
  std::vector<PluginConfig> plugins;
  for (std::size_t number = 1;; ++number) {
    const std::string start = prefix + std::to_string(number) + ".";
    const auto type = config.find(start + "type");
    if (type == config.end()) return plugins;
    PluginConfig plugin{std::string(base::trim(type->second)), {}};
    const std::string keys = start + "config.";
    for (auto entry = config.lower_bound(keys); entry != config.end() && entry->first.starts_with(keys); ++entry) {
      plugin.config.emplace(entry->first.substr(keys.size()), entry->second);
    }
    plugins.push_back(std::move(plugin));
  }
}

bool said(const SourceConfig& config, const std::string& key, bool fallback) {
  const auto text = config_text(config, key);
  return text.empty() ? fallback : base::iequals(text, "true");
}

}  // namespace

std::string PluginConfig::identity() const {
  std::string text = type;
  for (const auto& [key, value] : config) text += "\n" + key + "=" + std::to_string(value.size()) + ":" + value;
  return text;
}

NodeRules read_node_rules(const SourceConfig& config) {
  NodeRules rules;
  rules.sources = numbered_plugins(config, kSourcePrefix);
  rules.enhancers = numbered_plugins(config, kEnhancerPrefix);
  rules.merge_attributes = said(config, kMergeKey, true);
  rules.cached = said(config, std::string(kCachePrefix) + "enabled", true);
  rules.wait_first = said(config, std::string(kCachePrefix) + "firstLoadSynch", true);
  const auto delay = base::parse_int(config_text(config, std::string(kCachePrefix) + "delay"));
  if (delay && *delay >= 0) rules.keep = Millis(std::min(*delay, kLongestKeep) * 1000);
  return rules;
}

std::string node_rules_fingerprint(const SourceConfig& config) {
  std::string text;
  const auto add_range = [&](const std::string& prefix) {
    for (auto entry = config.lower_bound(prefix); entry != config.end() && entry->first.starts_with(prefix); ++entry) {
      text += entry->first + "=" + std::to_string(entry->second.size()) + ":" + entry->second + "\n";
    }
  };
  for (const char* prefix : {kSourcePrefix, kEnhancerPrefix, kMergeKey, kCachePrefix}) add_range(prefix);
  return text;
}

std::vector<std::shared_ptr<const NodeEnhancer>> make_enhancers(const std::string& project, const NodeRules& rules) {
  std::vector<std::shared_ptr<const NodeEnhancer>> enhancers;
  std::size_t number = 0;
  for (const PluginConfig& plugin : rules.enhancers) {
    ++number;
    auto enhancer = make_enhancer(plugin.type, plugin.config);
    if (enhancer) {
      enhancers.push_back(std::move(*enhancer));
    } else {
      base::log_warn("nodes", "project " + project + ": nodes.plugin." + std::to_string(number) +
                                  " is left out: " + enhancer.error().message);
    }
  }
  return enhancers;
}

}  // namespace qd::node
