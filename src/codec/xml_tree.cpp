#include "codec/xml_tree.hpp"

#include <set>

namespace qd::codec {
namespace {

bool names_key(const pugi::xml_node& element) {
  return std::string_view(element.name()) == "element" && element.attribute("name");
}

// Maps of many keys stay linear: which keys came more than once is kept aside.
class Members {
 public:
  void add(const std::string& key, Json value) {
    Json* present = map_.if_contains(key);
    if (!present) {
      map_.emplace(key, std::move(value));
    } else if (repeated_.insert(key).second) {
      Json first = std::move(*present);
      *present = JsonArray{std::move(first), std::move(value)};
    } else {
      present->get_array().push_back(std::move(value));
    }
  }
  JsonObject& map() { return map_; }

 private:
  JsonObject map_;
  std::set<std::string, std::less<>> repeated_;
};

bool is_plain(const Json& value) {
  if (const auto* text = value.if_string()) return text->find('\0') == boost::json::string::npos;
  const JsonObject* object = value.if_object();
  if (!object || object->empty()) return false;
  for (const auto& entry : *object) {
    if (!is_xml_name(entry.key()) || entry.key() == "element" || !is_plain(entry.value())) return false;
  }
  return true;
}

void add_data_element(XmlElement& parent, const Json& value, const std::string* key) {
  const char* name = value.is_object() ? "map" : value.is_array() ? "list" : "value";
  XmlElement& element = parent.add(name);
  if (key) element.set("key", *key);
  if (const JsonObject* object = value.if_object()) {
    for (const auto& entry : *object) {
      const std::string entry_key = entry.key();
      add_data_element(element, entry.value(), &entry_key);
    }
  } else if (const JsonArray* array = value.if_array()) {
    for (const Json& item : *array) add_data_element(element, item, nullptr);
  } else if (const auto* text = value.if_string()) {
    element.text.assign(text->data(), text->size());
  } else {
    element.set("type", "json");
    element.text = value.is_null() ? "null" : *plain_text(value);
  }
}

}  // namespace

bool XmlTree::too_deep(std::size_t depth, const pugi::xml_node& element) {
  if (depth < max_depth_) return false;
  problem_.report(
      {}, "<" + std::string(element.name()) + "> is nested deeper than " + std::to_string(max_depth_) + " levels");
  return true;
}

std::string XmlTree::unescaped(const char* raw, const pugi::xml_node& element) {
  auto text = unescape_xml(raw);
  if (text) return std::move(*text);
  problem_.report({}, "<" + std::string(element.name()) + ">: " + text.error().message);
  return {};
}

std::string XmlTree::text_of(const pugi::xml_node& element) {
  std::string text;
  for (const pugi::xml_node& child : element.children()) {
    if (child.type() == pugi::node_cdata) text += child.value();
    if (child.type() == pugi::node_pcdata) text += unescaped(child.value(), element);
  }
  return text;
}

Json XmlTree::value(const pugi::xml_node& element, std::size_t depth) {
  if (problem_.found || too_deep(depth, element)) return nullptr;
  const pugi::xml_node first =
      element.find_child([](const pugi::xml_node& child) { return child.type() == pugi::node_element; });
  if (std::string_view(element.attribute("data").value()) == "true" && first) return data(first, depth + 1);
  const bool named = names_key(element);
  Members members;
  for (const pugi::xml_attribute& attribute : element.attributes()) {
    if (named && std::string_view(attribute.name()) == "name") continue;
    members.add(attribute.name(), Json(unescaped(attribute.value(), element)));
  }
  for (const pugi::xml_node& child : element.children()) {
    if (child.type() != pugi::node_element) continue;
    const std::string key = names_key(child) ? unescaped(child.attribute("name").value(), child) : child.name();
    members.add(key, value(child, depth + 1));
  }
  if (first) return std::move(members.map());
  std::string text = text_of(element);
  if (members.map().empty()) return Json(text);
  if (!text.empty()) members.add(xml_text_key, Json(text));
  return std::move(members.map());
}

Json XmlTree::data(const pugi::xml_node& element, std::size_t depth) {
  if (problem_.found || too_deep(depth, element)) return nullptr;
  const std::string_view name = element.name();
  if (name == "value" || name == "string") return data_value(element);
  const bool map = name == "map";
  if (!map && name != "list" && name != "set") {
    problem_.report({}, "<" + std::string(name) + "> is none of map, list, set, value and string");
    return nullptr;
  }
  JsonObject object;
  JsonArray array;
  for (const pugi::xml_node& child : element.children()) {
    if (child.type() != pugi::node_element) continue;
    if (!map) {
      array.push_back(data(child, depth + 1));
    } else if (const pugi::xml_attribute key = child.attribute("key")) {
      object[unescaped(key.value(), child)] = data(child, depth + 1);
    } else {
      problem_.report({}, "<" + std::string(child.name()) + "> in a <map> needs a 'key'");
    }
  }
  return map ? Json(std::move(object)) : Json(std::move(array));
}

Json XmlTree::data_value(const pugi::xml_node& element) {
  std::string text = text_of(element);
  if (std::string_view(element.attribute("type").value()) != "json") return Json(text);
  auto parsed = parse_json(text, {.max_depth = max_depth_});
  if (parsed) return std::move(*parsed);
  problem_.report({}, "<" + std::string(element.name()) + "> of type json: " + parsed.error().message);
  return nullptr;
}

void add_value(XmlElement& parent, const std::string& key, const Json& value) {
  if (!is_plain(value)) {
    add_data(parent, key, value);
  } else if (const auto* text = value.if_string()) {
    parent.add_text(key, std::string(text->data(), text->size()));
  } else {
    XmlElement& element = parent.add(key);
    for (const auto& entry : value.get_object()) add_value(element, entry.key(), entry.value());
  }
}

void add_data(XmlElement& parent, const std::string& key, const Json& value) {
  XmlElement& element = parent.add(key);
  element.set("data", "true");
  add_data_element(element, value, nullptr);
}

}  // namespace qd::codec
