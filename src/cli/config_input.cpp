#include "cli/config_input.hpp"

#include "base/properties.hpp"
#include "cli/input_file.hpp"
#include "codec/yaml.hpp"

namespace qd::cli {
namespace {

constexpr std::size_t kMaxConfigBytes = 16u << 20;

std::string config_format(const Context& context, const std::string& file) {
  if (context.args.has("format")) return context.args.text("format");
  if (file.ends_with(".json")) return "json";
  if (file.ends_with(".yaml") || file.ends_with(".yml")) return "yaml";
  return "properties";
}

Result<JsonObject> config_from_json(const Json& json, const std::string& file) {
  if (!json.is_object()) return fail(ErrorKind::invalid, file + " does not hold keys with values.");
  JsonObject config;
  for (const auto& [key, value] : json.get_object()) {
    const auto text = scalar_text(value);
    if (!text)
      return fail(ErrorKind::invalid, file + ": the value of \"" + std::string(key) + "\" is not a text or number.");
    config[key] = *text;
  }
  return config;
}

Result<JsonObject> config_from_file(const Context& context, const std::string& file) {
  auto text = read_file(file, kMaxConfigBytes);
  if (!text) return fail(text.error());
  const std::string format = config_format(context, file);
  const auto named = [&](const Error& error) { return fail(error.kind, file + ": " + error.message); };
  if (format == "properties") {
    auto entries = base::parse_properties(*text);
    if (!entries) return named(entries.error());
    JsonObject config;
    for (const base::Property& entry : *entries) config[entry.key] = entry.value;
    return config;
  }
  auto json = format == "json" ? parse_json(*text) : codec::parse_yaml(*text);
  if (!json) return named(json.error());
  return config_from_json(*json, file);
}

}  // namespace

Options config_input_options() {
  return {text("-f,--file", "FILE", "Configuration to read: .properties, .json or .yaml."),
          choice("-F,--format", {"properties", "json", "yaml"}, "Format of the file, when its name does not tell.")};
}

Result<JsonObject> read_config_input(const Context& context, bool needed) {
  JsonObject config;
  if (context.args.has("file")) {
    auto read = config_from_file(context, context.args.text("file"));
    if (!read) return read;
    config = std::move(*read);
  }
  for (const std::string& word : context.args.operands()) {
    const std::size_t equals = word.find('=');
    if (!word.starts_with("--") || equals == std::string::npos || equals == 2) {
      return fail(ErrorKind::invalid, "Configuration is written --key=value after a `--`, not \"" + word + "\".");
    }
    config[word.substr(2, equals - 2)] = word.substr(equals + 1);
  }
  if (needed && config.empty()) {
    return fail(ErrorKind::invalid, "No configuration given. Use -f FILE, or -- --key=value.");
  }
  return config;
}

}  // namespace qd::cli
