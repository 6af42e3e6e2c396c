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

// A text, a number or true/false; a list stands for several values.
Result<> add_option(service::RunOptions& run, const std::string& name, const Json& value) {
  const auto refused = [&] {
    return fail(ErrorKind::invalid, "Option \"" + name + "\" must be text, a number, true/false or a list of them.");
  };
  if (const JsonArray* list = value.if_array()) {
    std::vector<std::string>& values = run.lists[name];
    for (const Json& item : *list) {
      auto text = scalar_text(item);
      if (!text) return refused();
      values.push_back(std::move(*text));
    }
    return {};
  }
  auto text = value.is_null() ? std::optional<std::string>("") : scalar_text(value);
  if (!text) return refused();
  run.options[name] = std::move(*text);
  return {};
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
      if (auto added = add_option(run, std::string(name), value); !added) return fail(added.error());
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

// Values of the parameters whose names start with `prefix`, by the rest of the name.
std::map<std::string, std::vector<std::string>> prefixed(const http::Request& request, std::string_view prefix) {
  std::map<std::string, std::vector<std::string>> found;
  const auto add = [&](const std::string& name, const std::string& value) {
    if (name.size() > prefix.size() && name.starts_with(prefix)) found[name.substr(prefix.size())].push_back(value);
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
  if (auto filter = call.query("filter")) return filter;
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
  for (const auto& [key, values] : prefixed(call.request, "meta.")) run.meta[key] = values.front();
  if (call.version >= 18) {
    for (auto& [name, values] : prefixed(call.request, "option.")) {
      if (values.size() == 1) {
        run.options[name] = std::move(values.front());
      } else {
        run.lists[name] = std::move(values);
      }
    }
  }
  if (run.options.empty() && run.lists.empty()) {
    if (const auto args = call.query("argString")) run.options = model::parse_options(*args);
  }
  return run;
}

}  // namespace qd::api
