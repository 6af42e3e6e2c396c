// XML as text: a small tree to write, in the peer's layout, and the two ways in which text becomes markup.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace qd::codec {

struct XmlElement {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;
  std::string text;  // not written when there are children
  std::vector<XmlElement> children;
  bool verbatim = false;  // as CDATA where possible

  XmlElement& add(std::string child_name);
  XmlElement& add_text(std::string child_name, std::string child_text);
  void set(std::string attribute, std::string value);
  // Children and attributes by name, all the way down; equal names stay in their order, and so does all in an
  // element with the attribute `data`.
  void sort();
};

// `text` as it stands between the quotes of an attribute.
void append_xml_attribute(std::string& out, std::string_view text);

// The tree with two spaces of indentation. Texts of several lines become CDATA.
std::string write_xml(const XmlElement& root);

// True for what may stand as an element's or attribute's name without a prefix.
bool is_xml_name(std::string_view name);

// Resolves &lt; &gt; &amp; &quot; &apos; and character references; anything else after & is an error, as is a
// reference to what is no character.
Result<std::string> unescape_xml(std::string_view text);

}  // namespace qd::codec
