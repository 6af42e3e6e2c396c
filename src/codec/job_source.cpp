#include "codec/job_source.hpp"

#include <memory>

#include "base/text.hpp"
#include "codec/json_text.hpp"
#include "codec/yaml_read.hpp"

namespace qd::codec {
namespace {

// A list of jobs, or a job alone.
Result<std::vector<JobSource::Entry>> split_entries(Json root) {
  std::vector<JobSource::Entry> entries;
  if (root.is_object()) {
    entries.push_back({std::move(root), {}});
  } else if (JsonArray* list = root.if_array()) {
    entries.reserve(list->size());
    for (Json& item : *list) entries.push_back({std::move(item), {}});
  } else {
    return fail(ErrorKind::invalid, "A job file must be a list of jobs; this one is " + shown(root) + ".");
  }
  return entries;
}

FieldPath without_index(const FieldPath& path) {
  return path.empty() ? path : FieldPath(path.begin() + 1, path.end());
}

}  // namespace

Result<> check_job_file(std::string_view text, const DecodeLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return fail(ErrorKind::too_large, "The job file has " + std::to_string(text.size()) + " bytes; at most " +
                                          std::to_string(limits.max_bytes) + " are accepted.");
  }
  if (!base::valid_utf8(text)) return fail(ErrorKind::invalid, "The job file is not valid UTF-8.");
  if (const auto at = text.find('\0'); at != std::string_view::npos) {
    return fail(ErrorKind::invalid, "The job file holds a NUL byte, at byte " + std::to_string(at) + ".");
  }
  return {};
}

Result<JobSource> open_json_source(std::string_view text, const DecodeLimits& limits) {
  if (auto fine = check_job_file(text, limits); !fine) return fail(fine.error());
  if (count_json_values(text) > limits.max_nodes) {
    return fail(ErrorKind::too_large, "The job file holds more than " + std::to_string(limits.max_nodes) + " values.");
  }
  auto root = parse_json(text, {.max_depth = limits.max_depth, .max_bytes = limits.max_bytes});
  if (!root) return fail(root.error());
  const bool single = root->is_object();
  auto entries = split_entries(std::move(*root));
  if (!entries) return fail(entries.error());
  auto lines = std::make_shared<JsonLines>(text);
  return JobSource{std::move(*entries), [lines, single](const FieldPath& path) {
                     return lines->line_of(single ? without_index(path) : path);
                   }};
}

Result<JobSource> open_yaml_source(std::string_view text, const DecodeLimits& limits) {
  if (auto fine = check_job_file(text, limits); !fine) return fail(fine.error());
  auto document = parse_located_yaml(text, {limits.max_bytes, limits.max_depth, limits.max_nodes});
  if (!document) return fail(document.error());
  const bool single = document->value.is_object();
  auto entries = split_entries(document->value);
  if (!entries) return fail(entries.error());
  auto located = std::make_shared<LocatedYaml>(std::move(*document));
  return JobSource{std::move(*entries), [located, single](const FieldPath& path) {
                     return codec::line_of(*located, single ? without_index(path) : path);
                   }};
}

}  // namespace qd::codec
