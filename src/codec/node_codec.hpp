// Nodes ↔ resource documents in XML, YAML and JSON. Source: document-format-reference/resource-v13, resource-yaml-v13
// and resource-json-v10 of the peer's documentation.
//
// Attributes are texts: other scalars are taken as they are spelled, null counts as absent, a list or map in an
// attribute's place becomes one text in YAML and is passed over in JSON, as with the peer.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/node.hpp"

namespace qd::codec {

enum class NodeFormat { xml, yaml, json };

// "xml" or "resourcexml", and so on, in any case.
std::optional<NodeFormat> node_format_by_name(std::string_view name);
// By what follows the last dot of a file's name: xml, yaml, yml, json.
std::optional<NodeFormat> node_format_by_extension(std::string_view file_name);
// "text/xml", "application/x-yaml; charset=utf-8", …
std::optional<NodeFormat> node_format_by_media_type(std::string_view media_type);
const char* format_name(NodeFormat format);  // "resourcexml"
const char* media_type(NodeFormat format);   // of documents that we write

struct NodeLimits {
  std::size_t max_bytes = 64u << 20;
  std::size_t max_depth = 64;
  std::size_t max_values = 5'000'000;  // in the whole document, after expansion of YAML aliases
};

// In the order of the document; a name may come twice. An empty document holds no nodes. The error names the entry, its
// field and its line.
Result<std::vector<model::Node>> decode_nodes(std::string_view text, NodeFormat format, const NodeLimits& limits = {});

std::string encode_nodes(const std::vector<const model::Node*>& nodes, NodeFormat format);
std::string encode_nodes(const std::vector<model::Node>& nodes, NodeFormat format);

// What comma-separated tags say: trimmed, without empty ones.
std::set<std::string> parse_tags(std::string_view text);

}  // namespace qd::codec
