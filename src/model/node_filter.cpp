#include "model/node_filter.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"
#include "model/arg_string.hpp"
#include "model/regex.hpp"

namespace qd::model {

namespace {

// One value of a filter: a regular expression for the whole text, or the text itself.
struct Pattern {
  explicit Pattern(std::string_view written) : text(base::trim(written)) {
    std::string_view expression = text;
    const bool marked = expression.size() >= 2 && expression.front() == '/' && expression.back() == '/';
    if (marked) expression = base::trim(expression.substr(1, expression.size() - 2));
    if (expression == ".*" || expression == ".+") {
      anything = true;
    } else if (marked || !is_plain()) {
      if (auto compiled = Regex::compile(expression)) regex.emplace(std::move(*compiled));
    }
  }
  // An expression that matches nothing but itself.
  bool is_plain() const { return text.find_first_of("\\^$.|?*+()[]{}/") == std::string::npos; }

  bool matches(const std::string& value) const {
    if (value == text) return true;
    if (anything) return value.find_first_of("\r\n") == std::string::npos;
    return regex && regex->matches(value);
  }

  std::string text;
  bool anything = false;
  std::optional<Regex> regex;
};

// "a+b": all of these tags.
struct TagSet {
  std::vector<Pattern> all;

  bool is_plain() const { return std::ranges::all_of(all, &Pattern::is_plain); }
  bool matches(const std::set<std::string>& tags) const {
    for (const auto& pattern : all) {
      bool found = tags.contains(pattern.text);
      for (auto tag = tags.begin(); !found && tag != tags.end(); ++tag) found = pattern.matches(*tag);
      if (!found) return false;
    }
    return !all.empty();
  }
};

// The names that filters use for the attributes of a node.
std::string attribute_key(const std::string& key) {
  if (key == "os-name") return "osName";
  if (key == "os-family") return "osFamily";
  if (key == "os-arch") return "osArch";
  if (key == "os-version") return "osVersion";
  return key;
}

struct ParsedFilter {
  std::map<std::string, std::string> include, exclude;
  void add(std::string key, const std::string& value) {
    const bool excluded = key.starts_with('!');
    if (excluded) key.erase(0, 1);
    auto& clauses = excluded ? exclude : include;
    const auto [place, fresh] = clauses.try_emplace(key, value);
    if (!fresh) place->second += "," + value;
  }
};

ParsedFilter parse_clauses(std::string_view filter) {
  ParsedFilter parsed;
  std::optional<std::string> key;
  for (const auto& word : split_args(filter)) {
    if (key) {
      parsed.add(*key, word);
      key.reset();
      continue;
    }
    const auto colon = word.ends_with(':') ? word.size() - 1 : word.find(':');
    if (colon == std::string::npos) {
      parsed.add("name", word);
    } else if (colon + 1 == word.size()) {
      key = word.substr(0, colon);
    } else {
      parsed.add(word.substr(0, colon), word.substr(colon + 1));
    }
  }
  return parsed;
}

}  // namespace

struct NodeFilter::Clause {
  Clause(std::string written_key, std::string written)
      : key(std::move(written_key)),
        value(std::move(written)),
        by_name(key == "name" || key == "nodename"),
        attribute(attribute_key(key)) {
    if (key == "tags") {
      for (const auto& alternative : base::split_trimmed(value, ',')) {
        TagSet set;
        for (const auto& tag : base::split_trimmed(alternative, '+')) set.all.emplace_back(tag);
        tag_sets.push_back(std::move(set));
      }
    } else {
      whole.emplace(value);
      if (value.find(',') != std::string::npos) exact = base::split(value, ',');
    }
  }

  bool matches(const Node& node) const {
    if (key == "tags") {
      for (const auto& set : tag_sets) {
        if (set.matches(node.tags)) return true;
      }
      return false;
    }
    const std::string* value = by_name ? &node.name : node.find_attribute(attribute);
    if (!value || base::trim(*value).empty() || whole->text.empty()) return false;
    const std::string& text = *value;
    if (whole->matches(text)) return true;
    for (const auto& candidate : exact) {
      if (candidate == text) return true;
    }
    return false;
  }

  // True when index lookups found all nodes that can match; they are added to `found`.
  bool look_up(const NodeSet& nodes, std::vector<std::uint32_t>& found) const {
    if (by_name && whole->is_plain()) {
      const auto add = [&](const std::string& name) {
        if (const Node* node = nodes.find(name))
          found.push_back(static_cast<std::uint32_t>(node - nodes.nodes().data()));
      };
      add(whole->text);
      for (const auto& name : exact) add(name);
      return true;
    }
    if (key != "tags" || !std::ranges::all_of(tag_sets, &TagSet::is_plain)) return false;
    for (const auto& set : tag_sets) {
      if (set.all.empty()) continue;
      const auto rarest =
          std::ranges::min_element(set.all, {}, [&](const Pattern& tag) { return nodes.tagged(tag.text).size(); });
      const auto places = nodes.tagged(rarest->text);
      found.insert(found.end(), places.begin(), places.end());
    }
    return true;
  }

  std::string key, value;
  bool by_name;
  std::string attribute;  // that `key` means
  std::optional<Pattern> whole;
  std::vector<std::string> exact;
  std::vector<TagSet> tag_sets;
};

NodeFilter::Clauses NodeFilter::compile(const std::map<std::string, std::string>& clauses) {
  Clauses compiled;
  for (const auto& [key, value] : clauses) {
    if (!base::trim(value).empty()) compiled.push_back(std::make_shared<const Clause>(key, value));
  }
  return compiled;
}

bool NodeFilter::all_match(const Clauses& clauses, const Node& node) {
  for (const auto& clause : clauses) {
    if (!clause->matches(node)) return false;
  }
  return !clauses.empty();
}

NodeFilter NodeFilter::parse(std::string_view filter, std::string_view exclude, bool exclude_precedence) {
  auto parsed = parse_clauses(filter);
  for (const auto& [key, value] : parse_clauses(exclude).include) parsed.add("!" + key, value);
  NodeFilter result;
  result.include_ = compile(parsed.include);
  result.exclude_ = compile(parsed.exclude);
  result.exclude_precedence_ = exclude_precedence;
  return result;
}

bool NodeFilter::matches(const Node& node) const {
  const bool included = all_match(include_, node);
  if (exclude_.empty()) return included;
  const bool excluded = all_match(exclude_, node);
  if (include_.empty()) return !excluded;
  return exclude_precedence_ ? included && !excluded : included || !excluded;
}

std::vector<Node> NodeFilter::select(const std::vector<Node>& nodes) const {
  std::vector<Node> selected;
  for (const auto& node : nodes) {
    if (matches(node)) selected.push_back(node);
  }
  return selected;
}

std::optional<std::vector<std::uint32_t>> NodeFilter::candidates(const NodeSet& nodes) const {
  if (include_.empty() || (!exclude_precedence_ && !exclude_.empty())) return std::nullopt;
  std::optional<std::vector<std::uint32_t>> fewest;
  for (const auto& clause : include_) {
    std::vector<std::uint32_t> found;
    if (!clause->look_up(nodes, found)) continue;
    if (!fewest || found.size() < fewest->size()) fewest = std::move(found);
  }
  if (!fewest) return fewest;
  std::ranges::sort(*fewest);
  fewest->erase(std::unique(fewest->begin(), fewest->end()), fewest->end());
  return fewest;
}

std::vector<std::uint32_t> NodeFilter::find(const NodeSet& nodes) const {
  std::vector<std::uint32_t> selected;
  if (empty()) return selected;
  const auto all = static_cast<std::uint32_t>(nodes.size());
  if (auto few = candidates(nodes)) {
    std::erase_if(*few, [&](std::uint32_t at) { return !matches(nodes.nodes()[at]); });
    return std::move(*few);
  }
  for (std::uint32_t at = 0; at < all; ++at) {
    if (matches(nodes.nodes()[at])) selected.push_back(at);
  }
  return selected;
}

std::vector<Node> NodeFilter::select(const NodeSet& nodes) const {
  const auto found = find(nodes);
  std::vector<Node> selected;
  selected.reserve(found.size());
  for (const auto at : found) selected.push_back(nodes.nodes()[at]);
  return selected;
}

std::string NodeFilter::describe() const {
  std::string text;
  for (const auto& clause : include_) text += (text.empty() ? "{" : ", ") + clause->key + "=" + clause->value;
  return text.empty() ? text : text + "}";
}

}  // namespace qd::model
