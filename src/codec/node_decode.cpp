// Resource documents in JSON and YAML, as generic values.
#include <functional>

#include "base/text.hpp"
#include "codec/job_fields.hpp"
#include "codec/json_text.hpp"
#include "codec/node_source.hpp"
#include "codec/yaml_read.hpp"

namespace qd::codec {
namespace {

// A value in the way in which the peer makes a text of it.
std::string value_text(const Json& value) {
  std::string text;
  if (const JsonArray* list = value.if_array()) {
    for (const Json& item : *list) text += (text.empty() ? "" : ", ") + value_text(item);
    return "[" + text + "]";
  }
  if (const JsonObject* map = value.if_object()) {
    for (const auto& entry : *map) {
      text += (text.empty() ? "" : ", ") + std::string(entry.key()) + "=" + value_text(entry.value());
    }
    return "{" + text + "}";
  }
  return plain_text(value).value_or("null");
}

std::set<std::string> tags_of(const Json& value) {
  const JsonArray* list = value.if_array();
  if (!list) return parse_tags(plain_text(value).value_or(""));
  std::set<std::string> tags;
  for (const Json& item : *list) {
    if (item.is_null()) continue;
    const std::string text = value_text(item);
    if (const auto tag = base::trim(text); !tag.empty()) tags.emplace(tag);
  }
  return tags;
}

// One document of either format.
class TreeReader {
 public:
  using LineOf = std::function<int(const FieldPath&)>;
  TreeReader(NodeFormat format, LineOf line_of) : yaml_(format == NodeFormat::yaml), line_of_(std::move(line_of)) {}

  Result<std::vector<model::Node>> read(const Json& root) {
    if (root.is_null()) return std::vector<model::Node>();
    if (const JsonObject* map = root.if_object()) return read_map(*map);
    if (const JsonArray* list = root.if_array()) return read_list(*list);
    return fail(ErrorKind::invalid,
                "A resource document must be a map of nodes or a list of them; this one is " + shown(root) + ".");
  }

 private:
  Result<std::vector<model::Node>> read_map(const JsonObject& map) {
    std::vector<model::Node> nodes;
    nodes.reserve(map.size());
    std::size_t number = 0;
    for (const auto& entry : map) {
      ++number;
      const std::string name = entry.key();
      const JsonObject* attributes = entry.value().if_object();
      if (!attributes) {
        if (!yaml_) continue;
        return wrong(number, name, {name}, "must be a map of attributes, not " + shown(entry.value()));
      }
      if (name.empty()) return wrong(number, name, {name}, "needs a name");
      nodes.push_back(read_node(name, *attributes));
    }
    return nodes;
  }

  Result<std::vector<model::Node>> read_list(const JsonArray& list) {
    std::vector<model::Node> nodes;
    nodes.reserve(list.size());
    for (std::size_t at = 0; at < list.size(); ++at) {
      const JsonObject* attributes = list[at].if_object();
      if (!attributes) {
        return wrong(at + 1, "", {std::to_string(at)}, "must be a map of attributes, not " + shown(list[at]));
      }
      const Json* name = attributes->if_contains("nodename");
      const std::string text = name ? plain_text(*name).value_or("") : "";
      if (base::trim(text).empty()) {
        return wrong(at + 1, "", {std::to_string(at), "nodename"}, "needs a text in 'nodename'");
      }
      nodes.push_back(read_node(text, *attributes));
    }
    return nodes;
  }

  model::Node read_node(const std::string& name, const JsonObject& attributes) const {
    model::Node node;
    node.name = name;
    for (const auto& entry : attributes) {
      const Json& value = entry.value();
      if (value.is_null()) continue;
      if (entry.key() == "tags") {
        node.tags = tags_of(value);
      } else if (value.is_structured()) {
        if (yaml_) put_attribute(node, entry.key(), value_text(value));
      } else {
        put_attribute(node, entry.key(), *plain_text(value));
      }
    }
    return node;
  }

  tl::unexpected<Error> wrong(std::size_t number, const std::string& name, const FieldPath& path,
                              const std::string& what) {
    return fail(ErrorKind::invalid, "node " + std::to_string(number) + (name.empty() ? "" : " (\"" + name + "\")") +
                                        " line " + std::to_string(line_of_(path)) + ": the node " + what + ".");
  }

  bool yaml_;
  LineOf line_of_;
};

}  // namespace

Result<std::vector<model::Node>> decode_nodes_json(std::string_view text, const NodeLimits& limits) {
  if (count_json_values(text) > limits.max_values) {
    return fail(ErrorKind::too_large,
                "The resource document holds more than " + std::to_string(limits.max_values) + " values.");
  }
  auto root = parse_json(text, {.max_depth = limits.max_depth, .max_bytes = limits.max_bytes});
  if (!root) return fail(root.error());
  return TreeReader(NodeFormat::json, [text](const FieldPath& path) { return JsonLines(text).line_of(path); })
      .read(*root);
}

Result<std::vector<model::Node>> decode_nodes_yaml(std::string_view text, const NodeLimits& limits) {
  if (auto nodes = decode_plain_yaml_nodes(text, limits)) return std::move(*nodes);
  auto document = parse_located_yaml(text, {limits.max_bytes, limits.max_depth, limits.max_values});
  if (!document) return fail(document.error());
  return TreeReader(NodeFormat::yaml, [&](const FieldPath& path) { return line_of(*document, path); })
      .read(document->value);
}

}  // namespace qd::codec
