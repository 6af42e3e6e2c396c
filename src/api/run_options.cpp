#include "api/run_options.hpp"

#include "model/arg_string.hpp"

namespace qd::api {
namespace {

std::optional<std::string> member(const JsonObject& body, std::string_view key) {
  const Json* value = find(body, key);
  auto text = value ? scalar_text(*value) : std::nullopt;
  if (text && text->empty()) return std::nullopt;
  return text;
}

// A list stands for several values of a multi-valued option.
Result<std::string> option_value(std::string_view name, const Json& value) {
  if (const auto text = scalar_text(value)) return *text;
  if (value.is_null()) return std::string();
  if (const JsonArray* list = value.if_array()) {
    std::string joined;
    for (const Json& item : *list) {
      const auto text = scalar_text(item);
      if (!text)
        return fail(ErrorKind::invalid,
                    "Option \"" + std::string(name) + "\": each value of the list must be text or a number.");
      if (&item != &list->front()) joined += ',';
      joined += *text;
    }
    return joined;
  }
  return fail(ErrorKind::invalid,
              "Option \"" + std::string(name) + "\" must be text, a number, true/false or a list of them.");
}

Result<service::RunOptions> from_json(const Call& call) {
  const auto body = call.json_body();
  if (!body) return fail(body.error());
  service::RunOptions run;
  run.as_user = member(*body, "asUser");
  run.log_level = member(*body, "loglevel");
  run.node_filter = member(*body, "filter");
  run.run_at = member(*body, "runAtTime");
  const Json* options = find(*body, "options");
  if (call.version >= 18 && options && options->is_object()) {
    for (const auto& [name, value] : options->as_object()) {
      auto text = option_value(name, value);
      if (!text) return fail(text.error());
      run.options[name] = std::move(*text);
    }
  } else if (const auto args = member(*body, "argString")) {
    run.options = model::parse_options(*args);
  }
  if (const Json* meta = find(*body, "meta"); meta && meta->is_object()) {
    for (const auto& [key, value] : meta->as_object())
      run.meta[key] = scalar_text(value).value_or(boost::json::serialize(value));
  }
  return run;
}

// Parameters whose names start with `prefix`, by the rest of the name; repeated ones are joined by a comma.
std::map<std::string, std::string> prefixed(const http::Request& request, std::string_view prefix) {
  std::map<std::string, std::string> found;
  const auto add = [&](const std::string& name, const std::string& value) {
    if (name.size() <= prefix.size() || name.compare(0, prefix.size(), prefix) != 0) return;
    const auto [place, is_new] = found.try_emplace(name.substr(prefix.size()), value);
    if (!is_new) place->second += "," + value;
  };
  for (const auto& [name, value] : request.query) add(name, value);
  for (const auto& [name, value] : request.form) add(name, value);
  for (const http::Part& part : request.parts) {
    if (part.file_name.empty()) add(part.name, part.content);
  }
  return found;
}

}  // namespace

std::optional<std::string> node_filter_of(const Call& call) {
  if (const auto filter = call.query("filter")) return filter;
  static constexpr std::pair<const char*, const char*> kNames[] = {
      {"hostname", "hostname"},  {"name", "name"},      {"tags", "tags"},           {"os-name", "osName"},
      {"os-family", "osFamily"}, {"os-arch", "osArch"}, {"os-version", "osVersion"}};
  std::string filter;
  for (const bool exclude : {false, true}) {
    for (const auto& [parameter, attribute] : kNames) {
      const auto value = call.query((exclude ? "exclude-" : "") + std::string(parameter));
      if (!value) continue;
      if (!filter.empty()) filter += ' ';
      filter += (exclude ? "!" : "") + std::string(attribute) + ": " + *value;
    }
  }
  if (filter.empty()) return std::nullopt;
  return filter;
}

Result<service::RunOptions> run_options(const Call& call) {
  if (call.has_json_body() && !call.request.body.empty()) return from_json(call);
  service::RunOptions run;
  run.as_user = call.query("asUser");
  run.log_level = call.query("loglevel");
  run.node_filter = node_filter_of(call);
  run.run_at = call.query("runAtTime");
  run.meta = prefixed(call.request, "meta.");
  if (call.version >= 18) run.options = prefixed(call.request, "option.");
  if (run.options.empty()) {
    if (const auto args = call.query("argString")) run.options = model::parse_options(*args);
  }
  return run;
}

}  // namespace qd::api
