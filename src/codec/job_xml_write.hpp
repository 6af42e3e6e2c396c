// From the keys of the JSON format to the words of the XML format; see job_xml_read.hpp for the reverse.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "codec/xml_text.hpp"

namespace qd::codec {

// <job>…</job>
XmlElement job_element(JsonObject document);
void add_sequence(XmlElement& job, JsonObject sequence);
void add_notifications(XmlElement& job, const JsonObject& triggers);

// ---- helpers; all of them pass over null ----

// `member` of `map`, taken out of it, as a text attribute or a child of `element`.
void move_attribute(XmlElement& element, std::string_view name, JsonObject& map, std::string_view member);
void move_child(XmlElement& element, std::string_view name, JsonObject& map, std::string_view member);
// <NAME><entry key="…" value="…"/></NAME>; nothing for an empty map.
void add_entries(XmlElement& element, const std::string& name, const JsonObject& settings);
// What is left of a map: children, or <extra-fields> for keys that XML cannot name and those that `reserved` lists.
void add_rest(XmlElement& element, const JsonObject& rest, std::initializer_list<std::string_view> reserved);
// The children of a <dispatch>.
void add_dispatch(XmlElement& element, JsonObject dispatch);
// <plugins> of a step and <pluginConfig> of a sequence.
void add_step_plugins(XmlElement& element, const std::string& name, const JsonObject& plugins);

}  // namespace qd::codec
