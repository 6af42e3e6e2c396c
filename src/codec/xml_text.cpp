#include "codec/xml_text.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "base/text.hpp"

namespace qd::codec {
namespace {

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n';
}

// Line breaks other than "\n" and control characters live through a parser as character references only.
void append_escaped(std::string& out, std::string_view text, bool attribute) {
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (is_control(c) || (attribute && (c == '\'' || c == '\n' || c == '\t'))) {
      out += "&#" + std::to_string(static_cast<int>(c)) + ";";
    } else {
      out += c;
    }
  }
}

void append_text(std::string& out, const XmlElement& element) {
  const std::string& text = element.text;
  const bool plain = std::none_of(text.begin(), text.end(), is_control);
  const bool blank = base::trim(text).empty();
  if (!plain || blank || (!element.verbatim && text.find('\n') == std::string::npos)) {
    append_escaped(out, text, false);
    return;
  }
  out += "<![CDATA[" + base::replace_all(text, "]]>", "]]]]><![CDATA[>") + "]]>";
}

void append_element(std::string& out, const XmlElement& element, std::size_t indent) {
  out.append(indent, ' ');
  out += '<' + element.name;
  for (const auto& [name, value] : element.attributes) {
    out += ' ' + name + "='";
    append_escaped(out, value, true);
    out += '\'';
  }
  if (element.children.empty() && element.text.empty()) {
    out += " />\n";
    return;
  }
  out += '>';
  if (element.children.empty()) {
    append_text(out, element);
  } else {
    out += '\n';
    for (const XmlElement& child : element.children) append_element(out, child, indent + 2);
    out.append(indent, ' ');
  }
  out += "</" + element.name + ">\n";
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | ((code >> shift) & 0x3F)); };
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    tail(0);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0 | (code >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

// `name` is what stands between & and ;
bool append_reference(std::string& out, std::string_view name) {
  static constexpr std::pair<std::string_view, char> known[] = {
      {"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
  for (const auto& [word, character] : known) {
    if (name != word) continue;
    out += character;
    return true;
  }
  if (name.size() < 2 || name[0] != '#') return false;
  const bool hex = name[1] == 'x';
  const std::string_view digits = name.substr(hex ? 2 : 1);
  std::uint32_t code = 0;
  const char* end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, code, hex ? 16 : 10);
  if (digits.empty() || error != std::errc() || rest != end) return false;
  if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return false;
  append_utf8(out, code);
  return true;
}

}  // namespace

void append_xml_attribute(std::string& out, std::string_view text) {
  if (text.find('"') == std::string_view::npos) {
    append_escaped(out, text, true);
    return;
  }
  std::string escaped;
  append_escaped(escaped, text, true);
  out += base::replace_all(escaped, "\"", "&quot;");
}

XmlElement& XmlElement::add(std::string child_name) {
  children.emplace_back();
  children.back().name = std::move(child_name);
  return children.back();
}

XmlElement& XmlElement::add_text(std::string child_name, std::string child_text) {
  XmlElement& child = add(std::move(child_name));
  child.text = std::move(child_text);
  return child;
}

void XmlElement::set(std::string attribute, std::string value) {
  attributes.emplace_back(std::move(attribute), std::move(value));
}

void XmlElement::sort() {
  const auto is_data = [](const auto& attribute) { return attribute.first == "data"; };
  if (std::any_of(attributes.begin(), attributes.end(), is_data)) return;
  std::stable_sort(attributes.begin(), attributes.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::stable_sort(children.begin(), children.end(),
                   [](const XmlElement& a, const XmlElement& b) { return a.name < b.name; });
  for (XmlElement& child : children) child.sort();
}

std::string write_xml(const XmlElement& root) {
  std::string out;
  append_element(out, root, 0);
  return out;
}

bool is_xml_name(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  if (name.empty() || !letter(name.front())) return false;
  return std::all_of(name.begin(), name.end(),
                     [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.'; });
}

Result<std::string> unescape_xml(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t amp = std::min(text.find('&'), text.size());
    out += text.substr(0, amp);
    text.remove_prefix(amp);
    if (text.empty()) break;
    const std::size_t end = text.substr(0, 16).find(';');
    if (end == std::string_view::npos || !append_reference(out, text.substr(1, end - 1))) {
      return fail(ErrorKind::invalid, "\"" + base::repair_utf8(text.substr(0, std::min<std::size_t>(end, 14) + 1)) +
                                          "\" is no character; write &amp; for &");
    }
    text.remove_prefix(end + 1);
  }
  return out;
}

}  // namespace qd::codec
