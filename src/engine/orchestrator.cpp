#include "engine/orchestrator.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "base/text.hpp"

namespace qd::engine {

namespace {

std::string rank_of(const model::Node& node, const std::string& attribute) {
  return attribute.empty() || attribute == "nodename" ? node.name : node.attribute(attribute);
}

Result<std::int64_t> number_setting(const model::PluginUse& use, const char* key, std::int64_t fallback) {
  const std::string text(base::trim(text_or(use.config, key)));
  if (text.empty()) return fallback;
  const auto number = base::parse_int(text);
  if (number && *number >= 0) return *number;
  return fail(ErrorKind::invalid,
              "The orchestrator '" + use.type + "' needs a number as '" + key + "', not '" + std::string(text) + "'");
}

std::uint64_t seed_number(std::string_view seed) {
  std::uint64_t hash = 14695981039346656037U;  // FNV-1a: the same choice on every member
  for (const char c : seed) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return hash;
}

void keep_subset(std::vector<model::Node>& nodes, std::size_t count, std::string_view seed) {
  if (nodes.size() <= count) return;
  std::mt19937_64 random(seed_number(seed));
  std::vector<std::size_t> order(nodes.size());
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t i = 0; i < count; ++i) std::swap(order[i], order[i + random() % (order.size() - i)]);
  order.resize(count);
  std::ranges::sort(order);
  std::vector<model::Node> chosen;
  for (const auto index : order) chosen.push_back(std::move(nodes[index]));
  nodes = std::move(chosen);
}

Result<void> keep_extreme(std::vector<model::Node>& nodes, const model::PluginUse& use) {
  const auto attribute = text_or(use.config, "attribute");
  const auto sort = text_or(use.config, "sort", "highest");
  if (attribute.empty()) {
    return fail(ErrorKind::invalid, "The orchestrator '" + use.type + "' needs the name of a node attribute");
  }
  if (sort != "highest" && sort != "lowest") {
    return fail(ErrorKind::invalid,
                "The orchestrator '" + use.type + "' sorts by highest or lowest, not '" + sort + "'");
  }
  if (nodes.size() <= 1) return {};
  // Nodes without the attribute come last in either order.
  const auto before = [&](const model::Node& a, const model::Node& b) {
    const bool has_a = !a.attribute(attribute).empty(), has_b = !b.attribute(attribute).empty();
    if (has_a != has_b) return has_a;
    return sort == "lowest" ? rank_less(a, b, attribute) : rank_less(b, a, attribute);
  };
  auto chosen = std::move(*std::ranges::min_element(nodes, before));
  nodes.clear();
  nodes.push_back(std::move(chosen));
  return {};
}

}  // namespace

bool rank_less(const model::Node& a, const model::Node& b, const std::string& attribute) {
  if (attribute.empty()) return a.name < b.name;
  const auto rank_a = rank_of(a, attribute), rank_b = rank_of(b, attribute);
  const auto number_a = base::parse_int(rank_a), number_b = base::parse_int(rank_b);
  if (number_a && number_b && *number_a != *number_b) return *number_a < *number_b;
  if (rank_a.empty() != rank_b.empty()) return rank_b.empty();
  return rank_a != rank_b ? rank_a < rank_b : a.name < b.name;
}

Result<void> orchestrate(const std::optional<model::PluginUse>& orchestrator, std::string_view seed,
                         std::vector<model::Node>& nodes, DispatchRule& rule) {
  if (!orchestrator || orchestrator->type.empty()) return {};
  const auto& use = *orchestrator;
  if (use.type == "subset") {
    const auto count = number_setting(use, "count", 1);
    if (!count) return fail(count.error());
    keep_subset(nodes, static_cast<std::size_t>(*count), seed);
  } else if (use.type == "maxPercentage") {
    const auto percent = number_setting(use, "percent", 33);
    if (!percent) return fail(percent.error());
    rule.percent = static_cast<double>(std::min<std::int64_t>(*percent, 100));
  } else if (use.type == "rankTiered") {
    rule.tiered = true;
  } else if (use.type == "orchestrator-highest-lowest-attribute") {
    return keep_extreme(nodes, use);
  } else {
    return fail(ErrorKind::invalid, "The orchestrator '" + use.type +
                                        "' is not available on this server. Use subset, rankTiered, maxPercentage or "
                                        "orchestrator-highest-lowest-attribute");
  }
  return {};
}

Pace::Pace(const DispatchRule& rule, const NodeRefs& nodes)
    : nodes_(nodes), rank_attribute_(rule.rank_attribute), at_once_(std::max<std::size_t>(rule.threads, 1)) {
  tiered_ = rule.tiered;
  if (!rule.percent) return;
  const auto part = std::lround(static_cast<double>(nodes.size()) * *rule.percent / 100.0);
  at_once_ = std::min(at_once_, static_cast<std::size_t>(std::max(part, 1L)));
}

bool Pace::may_start(std::size_t index, std::size_t running) const {
  if (running >= at_once_) return false;
  if (!tiered_ || running == 0) return true;
  return rank_of(*nodes_[index], rank_attribute_) == rank_of(*nodes_[index - 1], rank_attribute_);
}

}  // namespace qd::engine
