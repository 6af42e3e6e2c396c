#include "node/resource_source.hpp"

#include "base/text.hpp"

namespace qd::node {

std::string config_text(const SourceConfig& config, const std::string& key) {
  const auto found = config.find(key);
  return found == config.end() ? std::string() : std::string(base::trim(found->second));
}

bool config_truth(const SourceConfig& config, const std::string& key) {
  return base::iequals(config_text(config, key), "true");
}

Result<std::string> needed(const SourceConfig& config, const std::string& key) {
  auto text = config_text(config, key);
  if (text.empty()) return fail(ErrorKind::invalid, key + " is required");
  return text;
}

Result<std::optional<codec::NodeFormat>> config_format(const SourceConfig& config) {
  const auto name = config_text(config, "format");
  if (name.empty()) return std::optional<codec::NodeFormat>();
  const auto format = codec::node_format_by_name(name);
  if (!format) {
    return fail(ErrorKind::invalid,
                "the format \"" + name + "\" is not known; use resourcexml, resourceyaml or resourcejson");
  }
  return format;
}

Result<std::unique_ptr<ResourceSource>> make_source(const std::string& type, const std::string& project,
                                                    const SourceConfig& config, const SourceParts& parts) {
  if (type == "file") return make_file_source(config, parts);
  if (type == "directory") return make_directory_source(config, parts);
  if (type == "url") return make_url_source(project, config, parts);
  if (type == "script") return make_script_source(project, config, parts);
  if (type == "local") return make_local_source(config, parts);
  if (type == "stub") return make_stub_source(config);
  if (type == "stored") return make_stored_source(project, config, parts);
  if (parts.other) return parts.other(type, project, config);
  return fail(ErrorKind::invalid, "the resource model source type \"" + type + "\" is not known; use " + source_types);
}

}  // namespace qd::node
