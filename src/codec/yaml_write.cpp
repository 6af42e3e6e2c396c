#include "codec/job_fields.hpp"
#include "codec/yaml.hpp"
#include "codec/yaml_scalar.hpp"

namespace qd::codec {
namespace {

// Longer keys need the form with a question mark; parsers give up looking for the colon at 128 or 1024 characters.
constexpr std::size_t longest_simple_key = 100;

// Texts of several lines go in literal blocks when a block can hold them: nothing but printable characters, no blanks
// where parsers look for the indentation.
bool fits_block(std::string_view text) {
  if (text.find('\n') == std::string_view::npos ||
      std::string_view(" \t\n").find(text.front()) != std::string_view::npos) {
    return false;
  }
  std::size_t start = 0;
  while (start < text.size()) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    const std::string_view line = text.substr(start, end - start);
    if (holds_yaml_control(line)) return false;
    if (!line.empty() && line.find_first_not_of(" \t") == std::string_view::npos) return false;
    start = end + 1;
  }
  return true;
}

class YamlWriter {
 public:
  // The value as a whole document.
  std::string write(const Json& value) {
    if (!is_block(value)) {
      scalar(value, 0);
    } else {
      block(value, 0, false);
    }
    return std::move(out_);
  }

 private:
  static bool is_block(const Json& value) {
    return (value.is_object() && !value.get_object().empty()) || (value.is_array() && !value.get_array().empty());
  }

  // `started`: the first line's indentation is written already.
  void block(const Json& value, std::size_t indent, bool started) {
    if (const JsonArray* array = value.if_array()) {
      for (const Json& item : *array) {
        if (!started) out_.append(indent, ' ');
        out_ += "- ";
        started = false;
        if (is_block(item)) {
          block(item, indent + 2, true);
        } else {
          scalar(item, indent);
        }
      }
      return;
    }
    for (const auto& entry : value.get_object()) {
      if (!started) out_.append(indent, ' ');
      started = false;
      member(entry.key(), entry.value(), indent);
    }
  }

  void member(std::string_view key, const Json& value, std::size_t indent) {
    const std::string name = quoted_yaml_scalar(key);
    const bool simple = name.size() <= longest_simple_key;
    if (!simple) {
      out_ += "? ";
      out_ += name;
      out_ += '\n';
      out_.append(indent, ' ');
    } else {
      out_ += name;
    }
    out_ += ':';
    if (is_block(value)) {
      out_ += '\n';
      block(value, value.is_array() && simple ? indent : indent + 2, false);
    } else {
      out_ += ' ';
      scalar(value, indent);
    }
  }

  void scalar(const Json& value, std::size_t indent) {
    if (value.is_object()) {
      out_ += "{}";
    } else if (value.is_array()) {
      out_ += "[]";
    } else if (value.is_string()) {
      text({value.get_string().data(), value.get_string().size()}, indent);
      return;
    } else {
      out_ += value.is_null() ? "null" : *plain_text(value);
    }
    out_ += '\n';
  }

  void text(std::string_view text, std::size_t indent) {
    if (!fits_block(text)) {
      out_ += quoted_yaml_scalar(text);
      out_ += '\n';
      return;
    }
    const bool ends = text.back() == '\n';
    const bool ends_twice = text.ends_with("\n\n");
    out_ += ends_twice ? "|+\n" : ends ? "|\n" : "|-\n";
    if (ends) text.remove_suffix(1);
    std::size_t start = 0;
    while (start <= text.size()) {
      const std::size_t end = std::min(text.find('\n', start), text.size());
      if (end > start) out_.append(indent + 2, ' ').append(text.substr(start, end - start));
      out_ += '\n';
      start = end + 1;
    }
  }

  std::string out_;
};

}  // namespace

std::string write_yaml(const Json& value) {
  return YamlWriter().write(value);
}

}  // namespace qd::codec
