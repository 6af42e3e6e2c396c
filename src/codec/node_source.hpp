// Reading resource documents, one function for each format. Internal to codec/.
#pragma once

#include "base/json.hpp"
#include "codec/node_codec.hpp"

namespace qd::codec {

Result<std::vector<model::Node>> decode_nodes_xml(std::string_view text, const NodeLimits& limits);
Result<std::vector<model::Node>> decode_nodes_yaml(std::string_view text, const NodeLimits& limits);
Result<std::vector<model::Node>> decode_nodes_json(std::string_view text, const NodeLimits& limits);

// Reads the plain block style that nearly all large files have, several times faster than a full parser: maps of
// scalars under the nodes' names, or a list of such maps. nullopt for anything else, broken or not.
std::optional<std::vector<model::Node>> decode_plain_yaml_nodes(std::string_view text, const NodeLimits& limits);

// Puts an attribute where it belongs, as the peer does: some keys mean something else and are passed over.
void put_attribute(model::Node& node, std::string_view key, std::string value);

}  // namespace qd::codec
