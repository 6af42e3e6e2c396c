// XML elements as JSON values, by the peer's rules for job files:
//   <a>text</a>                a text
//   <a x="1"><b>2</b></a>      a map of attributes and children; a child that comes twice makes a list
//   <a x="1">text</a>          a map, its text under "<text>"
//   <element name="any key">   a child whose key is no XML name
//   <a data="true">…</a>       what its only child says: <map>, <list>, <set>, <value> or <string>, nested at will,
//                              entries of maps named by `key`
// Values that are no texts are JSON in a <value type="json">, which the peer reads as text.
#pragma once

#include <pugixml.hpp>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "codec/job_fields.hpp"
#include "codec/xml_text.hpp"

namespace qd::codec {

inline constexpr const char* xml_text_key = "<text>";

// Reads elements of one document. The first thing wrong goes to `problem`, with an empty path.
class XmlTree {
 public:
  XmlTree(std::size_t max_depth, FieldProblem& problem) : max_depth_(max_depth), problem_(problem) {}

  Json value(const pugi::xml_node& element) { return value(element, 0); }

 private:
  Json value(const pugi::xml_node& element, std::size_t depth);
  Json data(const pugi::xml_node& element, std::size_t depth);
  Json data_value(const pugi::xml_node& element);
  bool too_deep(std::size_t depth, const pugi::xml_node& element);
  std::string text_of(const pugi::xml_node& element);
  std::string unescaped(const char* raw, const pugi::xml_node& element);

  std::size_t max_depth_;
  FieldProblem& problem_;
};

// The reverse. Plain values (texts, and maps of plain values under XML names) become children, all others a
// <KEY data="true">.
void add_value(XmlElement& parent, const std::string& key, const Json& value);
// Always as <KEY data="true">.
void add_data(XmlElement& parent, const std::string& key, const Json& value);

}  // namespace qd::codec
