#include "cli/format.hpp"

#include <algorithm>
#include <cctype>

#include "base/text.hpp"

namespace qd::cli {
namespace {

bool key_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-';
}

const Json* lookup(const JsonObject& item, std::string_view key) {
  if (const Json* whole = find(item, key)) return whole;  // a key that holds dots itself: config keys
  for (std::size_t dot = key.find('.'); dot != std::string_view::npos; dot = key.find('.', dot + 1)) {
    const Json* parent = find(item, key.substr(0, dot));
    if (parent == nullptr || !parent->is_object()) continue;
    if (const Json* value = lookup(parent->get_object(), key.substr(dot + 1))) return value;
  }
  return nullptr;
}

// The longest key at the start of `text`; what ends in punctuation ("%id.", "%id-") gives it back when no such key
// exists.
std::string_view key_at(std::string_view text, const JsonObject& item) {
  std::size_t length = 0;
  while (length < text.size() && key_character(text[length])) ++length;
  const std::string_view longest = text.substr(0, length);
  while (length > 0 && lookup(item, text.substr(0, length)) == nullptr) {
    const std::size_t cut = text.substr(0, length).find_last_of(".-");
    if (cut == std::string_view::npos) break;
    length = cut;
  }
  if (length > 0 && lookup(item, text.substr(0, length)) != nullptr) return text.substr(0, length);
  const std::size_t end = longest.find_last_not_of(".-");
  return end == std::string_view::npos ? longest.substr(0, 0) : longest.substr(0, end + 1);
}

std::string indent_text(std::string_view text, int depth) {
  return base::replace_all(text, "\n", "\n" + std::string(static_cast<std::size_t>(depth) * 2, ' '));
}

void add_details(const Json& value, int depth, std::string& out);

void add_entry(std::string_view label, const Json& value, int depth, std::string& out) {
  out.append(static_cast<std::size_t>(depth) * 2, ' ');
  out.append(label);
  const bool nested =
      (value.is_object() && !value.get_object().empty()) || (value.is_array() && !value.get_array().empty());
  if (nested) {
    out += '\n';
    add_details(value, depth + 1, out);
    return;
  }
  const std::string text = inline_text(value);
  if (!text.empty()) out += ' ' + indent_text(text, depth + 1);
  out += '\n';
}

void add_details(const Json& value, int depth, std::string& out) {
  if (value.is_object()) {
    for (const auto& [key, member] : value.get_object()) add_entry(std::string(key) + ":", member, depth, out);
  } else if (value.is_array()) {
    for (const Json& element : value.get_array()) {
      if (element.is_object() && !element.get_object().empty()) {
        std::string block;
        add_details(element, depth + 1, block);
        block[static_cast<std::size_t>(depth) * 2] = '-';
        out += block;
      } else {
        add_entry("-", element, depth, out);
      }
    }
  } else {
    add_entry("", value, depth, out);
  }
}

std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string table_row(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
  std::string row;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    row += cells[i];
    if (i + 1 < cells.size()) row.append(widths[i] - width(cells[i]) + 2, ' ');
  }
  row.erase(row.find_last_not_of(' ') + 1);
  return row + '\n';
}

}  // namespace

std::string inline_text(const Json& value) {
  if (value.is_null()) return "";
  if (auto text = scalar_text(value)) return *text;
  std::vector<std::string> parts;
  if (value.is_array()) {
    for (const Json& element : value.get_array()) parts.push_back(inline_text(element));
    return "[" + base::join(parts, ", ") + "]";
  }
  for (const auto& [key, member] : value.get_object()) parts.push_back(std::string(key) + "=" + inline_text(member));
  return "{" + base::join(parts, ", ") + "}";
}

std::string format_item(std::string_view format, const JsonObject& item) {
  std::string out;
  while (!format.empty()) {
    const std::size_t percent = format.find('%');
    out += format.substr(0, percent);
    if (percent == std::string_view::npos) break;
    format.remove_prefix(percent + 1);
    const std::string_view key = key_at(format, item);
    if (key.empty()) {
      out += '%';
      continue;
    }
    if (const Json* value = lookup(item, key)) out += inline_text(*value);
    format.remove_prefix(key.size());
  }
  return out;
}

std::string details(const Json& value) {
  std::string out;
  add_details(value, 0, out);
  return out;
}

std::string table(const std::vector<Column>& columns, const std::vector<JsonObject>& items) {
  std::vector<std::vector<std::string>> rows(1);
  for (const Column& column : columns) rows[0].push_back(column.title);
  for (const JsonObject& item : items) {
    std::vector<std::string> row;
    for (const Column& column : columns) {
      const Json* value = lookup(item, column.key);
      row.push_back(value == nullptr ? std::string() : first_line(inline_text(*value)));
    }
    rows.push_back(std::move(row));
  }
  std::vector<std::size_t> widths(columns.size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  std::string out;
  for (const auto& row : rows) out += table_row(row, widths);
  return out;
}

std::string first_line(std::string_view text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::string(text);
  const std::string_view rest = base::trim(text.substr(end));
  std::string line(text.substr(0, text[end > 0 ? end - 1 : 0] == '\r' ? end - 1 : end));
  if (rest.empty()) return line;
  const auto more = std::count(rest.begin(), rest.end(), '\n') + 1;
  return line + " (" + std::to_string(more) + " more lines)";
}

}  // namespace qd::cli
