#include "node/node_enhancers.hpp"

#include <optional>

#include "base/properties.hpp"
#include "base/text.hpp"
#include "codec/node_codec.hpp"
#include "model/regex.hpp"

namespace qd::node {
namespace {

using EnhancerConfig = std::map<std::string, std::string>;

std::string value_of(const EnhancerConfig& config, const std::string& key) {
  const auto found = config.find(key);
  return found == config.end() ? std::string() : found->second;
}

// One line of `match`.
struct Comparison {
  std::string key, op, value;
  std::optional<model::Regex> regex;

  bool holds(const model::Node& node) const {
    const std::string* found = key == "nodename" ? &node.name : node.find_attribute(key);
    if (op == "!!") return found == nullptr;
    if (op == "==") return found && *found == value;
    if (op == "!=") return !found || *found != value;
    const bool matches = found && regex->matches(*found);
    return op == "=~" ? matches : !matches;
  }
};

// Operators are found where the first of them begins, with at least one character of a key before it.
Result<Comparison> read_comparison(std::string_view line) {
  for (std::size_t at = 1; at + 1 < line.size(); ++at) {
    const std::string op(line.substr(at, 2));
    if (op != "==" && op != "!=" && op != "=~" && op != "!~" && op != "!!") continue;
    Comparison comparison{
        std::string(base::trim(line.substr(0, at))), op, std::string(base::trim(line.substr(at + 2))), {}};
    if (op == "=~" || op == "!~") {
      auto regex = model::Regex::compile(comparison.value);
      if (!regex) return fail(regex.error());
      comparison.regex.emplace(std::move(*regex));
    }
    return comparison;
  }
  return fail(ErrorKind::invalid, "the line \"" + std::string(line) +
                                      "\" of 'match' has no operator; write key==value, key!=value, key=~regex, "
                                      "key!~regex or key!!");
}

class AttributeMatch final : public NodeEnhancer {
 public:
  AttributeMatch(std::vector<Comparison> comparisons, EnhancerConfig attributes, std::set<std::string> tags)
      : comparisons_(std::move(comparisons)), attributes_(std::move(attributes)), tags_(std::move(tags)) {}

  void enhance(model::Node& node) const override {
    for (const Comparison& comparison : comparisons_) {
      if (!comparison.holds(node)) return;
    }
    for (const auto& [key, value] : attributes_) node.attributes[key] = value;
    node.tags.insert(tags_.begin(), tags_.end());
  }

 private:
  std::vector<Comparison> comparisons_;
  EnhancerConfig attributes_;
  std::set<std::string> tags_;
};

class IconEnhancer final : public NodeEnhancer {
 public:
  explicit IconEnhancer(const EnhancerConfig& config)
      : attribute_(value_of(config, "attributeName")),
        value_(value_of(config, "attributeValue")),
        icon_(value_of(config, "iconName")),
        color_(value_of(config, "iconColor")) {
    for (const auto& badge : base::split_trimmed(value_of(config, "iconBadges"), ',')) {
      if (!badge.starts_with("glyphicon-") && !badge.starts_with("fa-") && !badge.starts_with("fab-")) continue;
      badges_ += (badges_.empty() ? "" : ",") + badge;
    }
  }

  void enhance(model::Node& node) const override {
    const std::string* found = attribute_ == "nodename" ? &node.name : node.find_attribute(attribute_);
    if (!found || (!value_.empty() && *found != value_)) return;
    node.attributes["ui:icon:name"] = icon_;
    if (!color_.empty()) node.attributes["ui:icon:color"] = color_;
    if (!badges_.empty()) node.attributes["ui:badges"] = badges_;
  }

 private:
  std::string attribute_, value_, icon_, color_, badges_;
};

Result<std::unique_ptr<NodeEnhancer>> make_attribute_match(const EnhancerConfig& config) {
  std::vector<Comparison> comparisons;
  for (const auto& line : base::split_trimmed(value_of(config, "match"), '\n')) {
    auto comparison = read_comparison(line);
    if (!comparison) return fail(comparison.error());
    comparisons.push_back(std::move(*comparison));
  }
  if (comparisons.empty()) return fail(ErrorKind::invalid, "match is required");
  const auto added = base::parse_properties(value_of(config, "add"));
  if (!added) return fail(ErrorKind::invalid, "'add' is no properties text: " + added.error().message);
  EnhancerConfig attributes;
  for (const auto& property : *added) attributes[property.key] = property.value;
  return std::make_unique<AttributeMatch>(std::move(comparisons), std::move(attributes),
                                          codec::parse_tags(value_of(config, "addTags")));
}

}  // namespace

Result<std::unique_ptr<NodeEnhancer>> make_enhancer(const std::string& type, const EnhancerConfig& config) {
  if (type == "attributeMatch") return make_attribute_match(config);
  if (type == "icon") {
    if (value_of(config, "attributeName").empty()) return fail(ErrorKind::invalid, "attributeName is required");
    return std::make_unique<IconEnhancer>(config);
  }
  return fail(ErrorKind::invalid, "the node enhancer \"" + type + "\" is not known; use attributeMatch or icon");
}

}  // namespace qd::node
