#include <cctype>

#include "base/text.hpp"
#include "codec/job_fields.hpp"
#include "codec/node_source.hpp"
#include "codec/yaml_scalar.hpp"

namespace qd::codec {
namespace {

// A scalar on one line, as far as this reader understands it.
struct PlainScalar {
  std::string text;
  bool quoted = false;
};

// Takes a quoted scalar off the front of `line`; nullopt when it has escapes or does not end on the line.
std::optional<std::string> take_quoted(std::string_view& line) {
  const char mark = line.front();
  std::string text;
  for (std::size_t at = 1; at < line.size(); ++at) {
    if (line[at] == '\\' && mark == '"') return std::nullopt;
    if (line[at] != mark) {
      text += line[at];
    } else if (mark == '\'' && at + 1 < line.size() && line[at + 1] == mark) {
      text += line[at++];
    } else {
      line.remove_prefix(at + 1);
      return text;
    }
  }
  return std::nullopt;
}

bool starts_plain(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  if (std::isalnum(first) || first == '_' || first == '/' || first == '.' || first == '$' || first == '+' ||
      first >= 0x80) {
    return true;
  }
  return first == '-' && text.size() > 1 && std::isalnum(static_cast<unsigned char>(text[1]));
}

std::optional<PlainScalar> read_scalar(std::string_view text) {
  if (text.empty()) return PlainScalar{};
  if (text.front() == '\'' || text.front() == '"') {
    auto quoted = take_quoted(text);
    if (!quoted || !base::trim(text).empty()) return std::nullopt;
    return PlainScalar{std::move(*quoted), true};
  }
  if (!starts_plain(text) || text.back() == ':' || text.find(": ") != std::string_view::npos ||
      text.find(" #") != std::string_view::npos) {
    return std::nullopt;
  }
  return PlainScalar{std::string(text), false};
}

// The text of an attribute; nullopt for null. Words that begin so mean nothing but themselves.
std::optional<std::string> attribute_text(PlainScalar scalar) {
  if (scalar.quoted) return std::move(scalar.text);
  if (scalar.text.empty()) return std::nullopt;
  static constexpr std::string_view kMaySay = "0123456789+-.~yYnNtTfFoO";
  if (kMaySay.find(scalar.text.front()) == std::string_view::npos) return std::move(scalar.text);
  return plain_text(plain_yaml_scalar(scalar.text));
}

class PlainYaml {
 public:
  PlainYaml(std::string_view text, const NodeLimits& limits) : rest_(text), limits_(limits) {}

  std::optional<std::vector<model::Node>> read() {
    while (!rest_.empty()) {
      const auto end = std::min(rest_.find('\n'), rest_.size());
      std::string_view line = rest_.substr(0, end);
      rest_.remove_prefix(std::min(end + 1, rest_.size()));
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (!take(line)) return std::nullopt;
    }
    if (!finish_node()) return std::nullopt;
    return std::move(nodes_);
  }

 private:
  bool take(std::string_view line) {
    for (const char c : line) {
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return false;
    }
    const auto indent = line.find_first_not_of(' ');
    if (indent == std::string_view::npos || line[indent] == '#') return true;
    line.remove_prefix(indent);
    while (line.ends_with(' ')) line.remove_suffix(1);
    if (line == "---" && indent == 0 && nodes_.empty() && !open_) return true;
    if (line.starts_with("- ")) return take_item(line, indent);
    if (open_ && indent > base_) return indent == entry_indent(indent) && take_entry(line);
    return take_node(line, indent);
  }

  // "- key: value", the first line of a list's item.
  bool take_item(std::string_view line, std::size_t indent) {
    if (is_map_ || (open_ && indent != base_) || !finish_node()) return false;
    const auto key = line.find_first_not_of(' ', 1);
    if (key == std::string_view::npos) return false;
    is_list_ = true;
    begin_node(indent);
    entry_indent_ = indent + key;
    return take_entry(line.substr(key));
  }

  // "name:", the line before a node's attributes.
  bool take_node(std::string_view line, std::size_t indent) {
    if (is_list_ || indent != 0 || !finish_node()) return false;
    is_map_ = true;
    begin_node(0);
    std::string_view value;
    auto key = split_key(line, value);
    if (!key || !value.empty() || key->empty()) return false;
    node_.name = std::move(*key);
    return true;
  }

  bool take_entry(std::string_view line) {
    std::string_view value;
    auto key = split_key(line, value);
    if (!key || *key == "<<" || ++values_ > limits_.max_values) return false;
    ++entries_;
    if (*key == "tags" && value.starts_with('[')) return take_tags(value);
    auto scalar = read_scalar(value);
    if (!scalar) return false;
    if (auto text = attribute_text(std::move(*scalar))) put_attribute(node_, *key, std::move(*text));
    return true;
  }

  // [a, b]
  bool take_tags(std::string_view value) {
    if (!value.ends_with(']')) return false;
    value = value.substr(1, value.size() - 2);
    if (value.find_first_of("[]{}'\"#:&*!") != std::string_view::npos) return false;
    for (const auto& tag : base::split_trimmed(value, ',')) {
      if (!starts_plain(tag)) return false;
      if (const auto text = attribute_text({tag, false})) node_.tags.insert(*text);
    }
    return true;
  }

  static std::optional<std::string> split_key(std::string_view line, std::string_view& value) {
    if (line.front() == '\'' || line.front() == '"') {
      auto key = take_quoted(line);
      if (!key || !line.starts_with(':') || (line.size() > 1 && line[1] != ' ')) return std::nullopt;
      value = base::trim(line.substr(1));
      return key;
    }
    if (!starts_plain(line)) return std::nullopt;
    auto colon = line.find(": ");
    if (colon == std::string_view::npos) {
      if (!line.ends_with(':')) return std::nullopt;
      colon = line.size() - 1;
    }
    const std::string_view key = base::trim(line.substr(0, colon));
    if (key.find(" #") != std::string_view::npos) return std::nullopt;
    value = base::trim(line.substr(colon + 1));
    return std::string(key);
  }

  std::size_t entry_indent(std::size_t here) {
    if (entry_indent_ == 0) entry_indent_ = here;
    return entry_indent_;
  }

  void begin_node(std::size_t base) {
    node_ = {};
    open_ = true;
    base_ = base;
    entry_indent_ = 0;
    entries_ = 0;
  }

  // False when it is none, so that the full parser can say why.
  bool finish_node() {
    if (!open_) return true;
    open_ = false;
    if (entries_ == 0 || base::trim(node_.name).empty()) return false;
    nodes_.push_back(std::move(node_));
    return true;
  }

  std::string_view rest_;
  const NodeLimits& limits_;
  std::vector<model::Node> nodes_;
  model::Node node_;
  bool open_ = false, is_list_ = false, is_map_ = false;
  std::size_t base_ = 0, entry_indent_ = 0, entries_ = 0, values_ = 0;
};

}  // namespace

std::optional<std::vector<model::Node>> decode_plain_yaml_nodes(std::string_view text, const NodeLimits& limits) {
  return PlainYaml(text, limits).read();
}

}  // namespace qd::codec
