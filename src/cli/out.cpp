#include "cli/out.hpp"

#include "base/text.hpp"
#include "cli/format.hpp"
#include "codec/yaml.hpp"

namespace qd::cli {
namespace {

std::string escape_code(std::string_view color) {
  static const std::map<std::string, std::string, std::less<>> codes{
      {"black", "30"},   {"red", "31"},  {"green", "32"}, {"yellow", "33"}, {"orange", "38;5;208"}, {"blue", "34"},
      {"magenta", "35"}, {"cyan", "36"}, {"white", "37"}, {"gray", "90"},   {"bold", "1"},
  };
  const auto found = codes.find(color);
  return found == codes.end() ? std::string() : "\033[" + found->second + "m";
}

std::string_view without_line_end(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  return text;
}

// Indented by two, as people read JSON in a terminal and as diff tools like it.
void pretty_json(const Json& value, std::size_t depth, std::string& out) {
  const std::string indent(depth * 2 + 2, ' ');
  const bool object = value.is_object();
  if ((!object && !value.is_array()) || (object && value.get_object().empty()) ||
      (!object && value.get_array().empty())) {
    out += boost::json::serialize(value);
    return;
  }
  out += object ? '{' : '[';
  const char* separator = "\n";
  const auto open = [&] {
    out += separator;
    out += indent;
    separator = ",\n";
  };
  if (object) {
    for (const auto& [key, member] : value.get_object()) {
      open();
      out += boost::json::serialize(key) + ": ";
      pretty_json(member, depth + 1, out);
    }
  } else {
    for (const Json& element : value.get_array()) {
      open();
      pretty_json(element, depth + 1, out);
    }
  }
  out += '\n' + std::string(depth * 2, ' ') + (object ? '}' : ']');
}

}  // namespace

Out::Out(std::ostream& out, std::ostream& err, OutStyle style) : out_(out), err_(err), style_(std::move(style)) {}

std::string Out::paint(std::string_view text, std::string_view part, bool color) const {
  if (!color || text.empty()) return std::string(text);
  static const std::map<std::string, std::string, std::less<>> defaults{
      {"info", "green"}, {"warn", "yellow"}, {"error", "red"}};
  const auto chosen = style_.colors.find(std::string(part));
  const auto usual = defaults.find(part);
  std::string code;
  if (chosen != style_.colors.end()) {
    code = escape_code(chosen->second);
  } else {
    code = escape_code(usual != defaults.end() ? std::string_view(usual->second) : part);
  }
  return code.empty() ? std::string(text) : code + std::string(text) + "\033[0m";
}

std::string Out::colored(std::string_view text, std::string_view part) const {
  return paint(text, part, style_.color_out);
}

void Out::note(std::string_view text) {
  if (for_programs()) return;
  out_ << paint("# " + std::string(text), "info", style_.color_out) << '\n';
}

void Out::text(std::string_view text) {
  out_ << paint(without_line_end(text), "output", style_.color_out) << '\n';
}

void Out::data(const Json& value) {
  std::string text;
  if (style_.format == Format::yaml) {
    text = codec::write_yaml(value);
  } else if (style_.format == Format::json) {
    pretty_json(value, 0, text);
  } else {
    text = details(value);
  }
  out_ << without_line_end(text) << '\n';
}

void Out::log(std::string_view level, std::string_view text) {
  if (level == "WARN" || level == "ERROR") {
    out_.flush();
    err_ << paint(without_line_end(text), level == "WARN" ? "warn" : "error", style_.color_err) << '\n';
    err_.flush();
    return;
  }
  out_ << without_line_end(text) << '\n';
}

void Out::raw(std::string_view bytes) {
  out_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

void Out::warn(std::string_view text) {
  flush();
  err_ << paint(text, "warn", style_.color_err) << '\n';
}

void Out::error(std::string_view text) {
  flush();
  err_ << paint(text, "error", style_.color_err) << '\n';
}

void Out::prompt(std::string_view text) {
  flush();
  err_ << text;
  err_.flush();
}

void Out::flush() {
  out_.flush();
  err_.flush();
}

}  // namespace qd::cli
