#include "codec/header_list.hpp"

#include "base/json.hpp"
#include "base/text.hpp"
#include "codec/yaml.hpp"

namespace qd::codec {

namespace {
using Headers = std::vector<std::pair<std::string, std::string>>;

bool add(Headers& headers, const Json& entry) {
  if (!entry.is_object()) return false;
  const auto& object = entry.get_object();
  if (object.contains("name") && object.contains("value")) {
    headers.emplace_back(text_or(object, "name"), text_or(object, "value"));
    return true;
  }
  for (const auto& [name, value] : object) {
    headers.emplace_back(std::string(name), scalar_text(value).value_or(""));
  }
  return true;
}
}  // namespace

Result<Headers> parse_header_list(const std::string& text) {
  Headers headers;
  if (base::trim(text).empty()) return headers;
  auto json = parse_json(text);
  if (!json) json = parse_json("[" + text + "]");  // the peer's form without brackets
  if (!json) json = parse_yaml(text);
  if (!json) return fail(json.error());
  bool understood = true;
  if (json->is_array()) {
    for (const auto& entry : json->get_array()) understood = add(headers, entry) && understood;
  } else {
    understood = add(headers, *json);
  }
  if (understood) return headers;
  return fail(ErrorKind::invalid, "The headers must be a list of maps with name and value, in YAML or JSON");
}

}  // namespace qd::codec
