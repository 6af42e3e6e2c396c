#include "codec/node_codec.hpp"

#include "base/text.hpp"
#include "codec/node_source.hpp"
#include "codec/yaml_scalar.hpp"

namespace qd::codec {
namespace {

Result<> check_text(std::string_view text, const NodeLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return fail(ErrorKind::too_large, "The resource document has " + std::to_string(text.size()) + " bytes; at most " +
                                          std::to_string(limits.max_bytes) + " are accepted.");
  }
  if (!base::valid_utf8(text)) return fail(ErrorKind::invalid, "The resource document is not valid UTF-8.");
  if (const auto at = text.find('\0'); at != std::string_view::npos) {
    return fail(ErrorKind::invalid, "The resource document holds a NUL byte, at byte " + std::to_string(at) + ".");
  }
  return {};
}

}  // namespace

std::optional<NodeFormat> node_format_by_name(std::string_view name) {
  std::string word = base::lower(base::trim(name));
  if (word.starts_with("resource")) word.erase(0, 8);
  if (word == "xml") return NodeFormat::xml;
  if (word == "yaml" || word == "yml") return NodeFormat::yaml;
  if (word == "json") return NodeFormat::json;
  return std::nullopt;
}

std::optional<NodeFormat> node_format_by_extension(std::string_view file_name) {
  const auto dot = file_name.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string extension = base::lower(file_name.substr(dot + 1));
  if (extension.starts_with("resource")) return std::nullopt;
  return node_format_by_name(extension);
}

std::optional<NodeFormat> node_format_by_media_type(std::string_view media_type) {
  const std::string type = base::lower(base::trim(media_type.substr(0, media_type.find(';'))));
  const auto slash = type.find('/');
  if (slash == std::string::npos) return std::nullopt;
  const std::string_view subtype = std::string_view(type).substr(slash + 1);
  if (subtype == "xml") return NodeFormat::xml;
  if (subtype == "yaml" || subtype == "x-yaml") return NodeFormat::yaml;
  if (type == "application/json" || type == "text/json") return NodeFormat::json;
  return std::nullopt;
}

const char* format_name(NodeFormat format) {
  switch (format) {
    case NodeFormat::xml:
      return "resourcexml";
    case NodeFormat::yaml:
      return "resourceyaml";
    case NodeFormat::json:
      break;
  }
  return "resourcejson";
}

const char* media_type(NodeFormat format) {
  switch (format) {
    case NodeFormat::xml:
      return "text/xml";
    case NodeFormat::yaml:
      return "text/yaml";
    case NodeFormat::json:
      break;
  }
  return "application/json";
}

std::set<std::string> parse_tags(std::string_view text) {
  auto tags = base::split_trimmed(text, ',');
  return {std::make_move_iterator(tags.begin()), std::make_move_iterator(tags.end())};
}

void put_attribute(model::Node& node, std::string_view key, std::string value) {
  if (key == "tags") {
    node.tags = parse_tags(value);
  } else if (key == "nodename") {
    if (node.name.empty()) node.name = std::move(value);
  } else if (key != "name" && key != "attributes" && key != "frameworkProject" && key != "class") {
    node.attributes.insert_or_assign(std::string(key), std::move(value));
  }
}

Result<std::vector<model::Node>> decode_nodes(std::string_view text, NodeFormat format, const NodeLimits& limits) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // byte order mark
  if (auto fine = check_text(text, limits); !fine) return fail(fine.error());
  if (base::trim(text).empty()) return std::vector<model::Node>();
  switch (format) {
    case NodeFormat::xml:
      return decode_nodes_xml(text, limits);
    case NodeFormat::yaml:
      return decode_nodes_yaml(text, limits);
    case NodeFormat::json:
      break;
  }
  return decode_nodes_json(text, limits);
}

std::string encode_nodes(const std::vector<model::Node>& nodes, NodeFormat format) {
  std::vector<const model::Node*> pointers;
  pointers.reserve(nodes.size());
  for (const model::Node& node : nodes) pointers.push_back(&node);
  return encode_nodes(pointers, format);
}

}  // namespace qd::codec
