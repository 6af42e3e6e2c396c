// Nodes as resource documents, written straight into text: lists may be long.
#include <algorithm>
#include <iterator>

#include "base/json.hpp"
#include "base/text.hpp"
#include "codec/node_codec.hpp"
#include "codec/xml_text.hpp"
#include "codec/yaml_scalar.hpp"

namespace qd::codec {
namespace {

std::string joined_tags(const model::Node& node) {
  std::string joined;
  for (const std::string& tag : node.tags) joined += (joined.empty() ? "" : ", ") + tag;
  return joined;
}

void append_json(std::string& out, std::string_view text) {
  bool plain = true;
  for (const char c : text) plain = plain && static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
  if (plain) {
    out += '"';
    out += text;
    out += '"';
  } else {
    out += boost::json::serialize(boost::json::string_view(text.data(), text.size()));
  }
}

void write_json_node(std::string& out, const model::Node& node) {
  append_json(out, node.name);
  out += ":{\"nodename\":";
  append_json(out, node.name);
  for (const auto& [key, value] : node.attributes) {
    out += ',';
    append_json(out, key);
    out += ':';
    append_json(out, value);
  }
  if (!node.tags.empty()) {
    out += ",\"tags\":";
    append_json(out, joined_tags(node));
  }
  out += '}';
}

void write_yaml_entry(std::string& out, std::string_view key, std::string_view value) {
  out += "  ";
  out += quoted_yaml_scalar(key);
  out += ": ";
  out += quoted_yaml_scalar(value);
  out += '\n';
}

void write_yaml_node(std::string& out, const model::Node& node) {
  out += quoted_yaml_scalar(node.name);
  out += ":\n";
  write_yaml_entry(out, "nodename", node.name);
  for (const auto& [key, value] : node.attributes) write_yaml_entry(out, key, value);
  write_yaml_entry(out, "tags", joined_tags(node));
}

constexpr const char* kFirstAttributes[] = {"hostname",  "osArch",   "osFamily", "osName",
                                            "osVersion", "username", "editUrl",  "remoteUrl"};

// Attribute names as the peer writes them; others become elements.
bool stands_as_attribute(std::string_view key) {
  return is_xml_name(key) && key.find('.') == std::string_view::npos && key.front() != '_' &&
         !base::lower(key.substr(0, 3)).starts_with("xml") && key != "name";
}

void write_xml_attribute(std::string& out, std::string_view key, std::string_view value) {
  out += ' ';
  out += key;
  out += "=\"";
  append_xml_attribute(out, value);
  out += '"';
}

void write_xml_node(std::string& out, const model::Node& node) {
  out += "  <node";
  write_xml_attribute(out, "name", node.name);
  write_xml_attribute(out, "description", node.attribute("description"));
  write_xml_attribute(out, "tags", joined_tags(node));
  for (const char* key : kFirstAttributes) write_xml_attribute(out, key, node.attribute(key));
  std::string elements;
  for (const auto& [key, value] : node.attributes) {
    if (key == "description" || std::ranges::find(kFirstAttributes, key) != std::end(kFirstAttributes)) continue;
    if (stands_as_attribute(key)) {
      write_xml_attribute(out, key, value);
    } else {
      elements += "    <attribute";
      write_xml_attribute(elements, "name", key);
      write_xml_attribute(elements, "value", value);
      elements += "/>\n";
    }
  }
  out += elements.empty() ? "/>\n" : ">\n" + elements + "  </node>\n";
}

}  // namespace

std::string encode_nodes(const std::vector<const model::Node*>& nodes, NodeFormat format) {
  std::string out;
  out.reserve(nodes.size() * 256);
  if (format == NodeFormat::xml) {
    out += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\n<project>\n";
    for (const model::Node* node : nodes) write_xml_node(out, *node);
    out += "</project>\n";
  } else if (format == NodeFormat::yaml) {
    for (const model::Node* node : nodes) write_yaml_node(out, *node);
    if (nodes.empty()) out += "{}\n";
  } else {
    out += '{';
    for (const model::Node* node : nodes) {
      if (out.size() > 1) out += ',';
      write_json_node(out, *node);
    }
    out += '}';
  }
  return out;
}

}  // namespace qd::codec
