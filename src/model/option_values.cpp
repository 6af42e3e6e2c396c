#include "model/option_values.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"

namespace qd::model {
namespace {

std::optional<std::string> value_in(const std::map<std::string, std::string>& words, const std::string& key) {
  const auto found = words.find(key);
  return found == words.end() ? std::nullopt : std::optional(found->second);
}

// The name in "option.NAME.value"; nullopt for anything else.
std::optional<std::string> option_asked_for(std::string_view reference) {
  constexpr std::string_view start = "option.", end = ".value";
  if (!reference.starts_with(start) || !reference.ends_with(end) || reference.size() <= start.size() + end.size()) {
    return std::nullopt;
  }
  return std::string(reference.substr(start.size(), reference.size() - start.size() - end.size()));
}

std::optional<std::string> look_up_reference(const std::string& reference, const UrlWords& words) {
  if (const auto name = option_asked_for(reference)) return value_in(words.options, *name).value_or("");
  if (reference == "option.name") return words.option;
  const auto dot = reference.find('.');
  if (dot == std::string::npos) return std::nullopt;
  const auto group = reference.substr(0, dot), key = reference.substr(dot + 1);
  if (group == "job") return value_in(words.job, key);
  if (group == "rundeck") return value_in(words.rundeck, key);
  if (group == "globals") return value_in(words.globals, key);
  return std::nullopt;
}

std::string encoded_for_url(const std::string& value, bool in_query) {
  const auto encoded = base::percent_encode(value);
  return in_query ? base::replace_all(encoded, "%20", "+") : encoded;
}

// Calls `use(reference, start, end)` for each ${…}.
template <class Use>
void for_each_reference(const std::string& url, Use use) {
  for (std::size_t at = url.find("${"); at != std::string::npos; at = url.find("${", at + 2)) {
    const auto end = url.find('}', at);
    if (end == std::string::npos) return;
    use(url.substr(at + 2, end - at - 2), at, end + 1);
  }
}

bool is_web_url(const std::string& url) {
  const auto start = base::lower(url.substr(0, 6));
  return start.starts_with("http:") || start.starts_with("https:");
}

std::string text_of_value(const Json& value) {
  return scalar_text(value).value_or(value.is_null() ? "" : boost::json::serialize(value));
}

}  // namespace

std::string expand_values_url(const std::string& url, const UrlWords& words) {
  const bool web = is_web_url(url);
  const auto question = url.find('?');
  std::string expanded;
  std::size_t from = 0;
  for_each_reference(url, [&](const std::string& reference, std::size_t start, std::size_t end) {
    if (start < from) return;
    const auto value = look_up_reference(reference, words);
    if (!value) return;
    expanded += url.substr(from, start - from);
    expanded += web ? encoded_for_url(*value, start > question) : *value;
    from = end;
  });
  return expanded + url.substr(from);
}

std::vector<std::string> url_dependencies(const std::string& url) {
  std::vector<std::string> names;
  for_each_reference(url, [&](const std::string& reference, std::size_t, std::size_t) {
    const auto name = option_asked_for(reference);
    if (name && std::ranges::find(names, *name) == names.end()) names.push_back(*name);
  });
  return names;
}

UrlSettings split_url_settings(const std::string& url) {
  const auto hash = url.find('#');
  UrlSettings settings{url.substr(0, hash), {}};
  if (hash == std::string::npos) return settings;
  for (const auto& part : base::split_trimmed(url.substr(hash + 1), ';')) {
    const auto equals = part.find('=');
    if (equals == std::string::npos) continue;
    if (const auto number = base::parse_int(part.substr(equals + 1)); number && *number >= 0) {
      settings.numbers[part.substr(0, equals)] = *number;
    }
  }
  return settings;
}

Result<std::vector<RemoteValue>> read_remote_values(const Json& document, bool sort) {
  std::vector<RemoteValue> values;
  std::vector<std::string> wrong;
  if (const JsonObject* object = document.if_object()) {
    for (const auto& entry : *object) values.push_back({std::string(entry.key()), text_of_value(entry.value()), false});
  } else if (const JsonArray* list = document.if_array()) {
    for (std::size_t at = 0; at < list->size(); ++at) {
      const Json& item = (*list)[at];
      const std::string place = "Item: " + std::to_string(at);
      if (const auto* text = item.if_string()) {
        values.push_back({std::string(*text), std::string(*text), false});
      } else if (const JsonObject* map = item.if_object()) {
        RemoteValue value{text_or(*map, "name"), text_or(*map, "value"), truth_or(*map, "selected", false)};
        if (value.name.empty()) wrong.push_back(place + " has no 'name' entry");
        if (value.value.empty()) wrong.push_back(place + " has no 'value' entry");
        values.push_back(std::move(value));
      } else {
        wrong.push_back(place + " expected string or map like {name:\"..\",value:\"..\"}");
      }
    }
  } else {
    wrong.push_back(
        "Expected top-level list with format: [{name:\"..\",value:\"..\"},..], or ['value','value2',..] or simple "
        "object "
        "with {name:\"value\",...}");
  }
  if (!wrong.empty()) {
    return fail(ErrorKind::invalid, "Failed parsing remote option values: " + base::join(wrong, "\n"));
  }
  if (sort) std::ranges::stable_sort(values, {}, &RemoteValue::name);
  return values;
}

}  // namespace qd::model
