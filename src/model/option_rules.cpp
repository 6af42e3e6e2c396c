#include "model/option_rules.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "model/arg_string.hpp"
#include "model/regex.hpp"

namespace qd::model {

namespace {

std::string delimiter_of(const Option& option) {
  return option.delimiter.empty() ? "," : option.delimiter;
}

std::string list_text(const std::vector<std::string>& values) {
  return "[" + base::join(values, ", ") + "]";
}

std::optional<std::string> default_value(const Option& option) {
  if (option.value && !option.value->empty()) return option.value;
  if (option.multivalued && option.multivalue_all_selected) return base::join(option.values, delimiter_of(option));
  return std::nullopt;
}

std::string invalid_secure(const Option& option) {
  return "Option " + option.name + " value was not valid";
}

std::optional<std::string> check_regex(const Option& option, const std::string& value) {
  if (option.regex.empty() || option.enforced) return std::nullopt;
  const auto regex = Regex::compile(option.regex);
  if (!regex) return "Option " + option.name + ": " + regex.error().message;
  if (!option.multivalued) {
    if (regex->matches(value)) return std::nullopt;
    if (option.secure) return invalid_secure(option);
    return "Option " + option.name + " value: " + value + " doesn't match regular expression: " + option.regex;
  }
  std::vector<std::string> failed;
  for (const auto& part : split_values(option, value)) {
    if (!part.empty() && !regex->matches(part)) failed.push_back(part);
  }
  if (failed.empty()) return std::nullopt;
  if (option.secure) return invalid_secure(option);
  return "Option " + option.name + " values: " + list_text(failed) +
         " did not all match regular expression: " + option.regex;
}

std::optional<std::string> check_allowed(const Option& option, const std::string& value) {
  if (!option.enforced || option.values.empty()) return std::nullopt;
  const auto allowed = [&](const std::string& part) {
    return part.empty() || std::ranges::find(option.values, part) != option.values.end();
  };
  if (!option.multivalued) {
    if (allowed(value)) return std::nullopt;
    if (option.secure) return invalid_secure(option);
    return "Option " + option.name + " value: " + value + " was not in the allowed values: " + list_text(option.values);
  }
  if (std::ranges::all_of(split_values(option, value), allowed)) return std::nullopt;
  if (option.secure) return invalid_secure(option);
  return "Option " + option.name + " values: " + value +
         " were not all in the allowed values: " + list_text(option.values);
}

std::optional<std::string> check_date(const Option& option, const std::string& value) {
  if (!option.is_date || option.date_format.empty() || follows_date_format(option.date_format, value))
    return std::nullopt;
  return "Option " + option.name + " value: " + value + " doesn't follow the date format: " + option.date_format;
}

std::optional<std::string> check_value(const Option& option, const std::string& value, const OptionSources& sources) {
  if (option.type == "file" && sources.check_file) {
    if (auto complaint = sources.check_file(option, value)) return complaint;
  }
  if (auto complaint = check_date(option, value)) return complaint;
  if (auto complaint = check_regex(option, value)) return complaint;
  return check_allowed(option, value);
}

std::string missing_secret(const Option& option, const std::string& reason) {
  return "Option " + option.name + " is required, but storage value from \"" + option.storage_path +
         "\" could not be read" + (reason.empty() ? "." : ": " + reason + ".");
}

// The value of one option, or the complaint about it.
Result<std::optional<std::string>> resolve_one(const Option& option, const OptionValues& given,
                                               const OptionSources& sources) {
  std::optional<std::string> value;
  if (const auto found = given.find(option.name); found != given.end()) {
    value = found->second;
  } else {
    value = default_value(option);
  }
  if ((!value || value->empty()) && option.secure && !option.storage_path.empty()) {
    Result<std::string> secret = fail(ErrorKind::not_found, "");
    if (sources.read_secret) secret = sources.read_secret(option.storage_path);
    if (secret) return std::optional<std::string>(std::move(*secret));
    if (option.required) return fail(ErrorKind::invalid, missing_secret(option, secret.error().message));
  }
  if (!value || value->empty()) {
    if (option.required) return fail(ErrorKind::invalid, "Option '" + option.name + "' is required.");
    return value;
  }
  if (auto complaint = check_value(option, *value, sources)) return fail(ErrorKind::invalid, std::move(*complaint));
  return value;
}

}  // namespace

OptionValues RunOptions::visible() const {
  OptionValues all = plain;
  for (const auto& [name, value] : secure_exposed) all[name] = value;
  return all;
}

std::vector<std::string> split_values(const Option& option, const std::string& value) {
  const auto delimiter = delimiter_of(option);
  std::vector<std::string> parts;
  std::size_t from = 0;
  for (std::size_t at; (at = value.find(delimiter, from)) != std::string::npos; from = at + delimiter.size()) {
    parts.push_back(value.substr(from, at - from));
  }
  parts.push_back(value.substr(from));
  return parts;
}

Result<RunOptions> resolve_options(const Job& job, const OptionValues& given, const OptionSources& sources) {
  RunOptions result;
  result.plain = given;
  std::vector<std::string> complaints;
  for (const auto& option : job.options) {
    result.plain.erase(option.name);
    auto value = resolve_one(option, given, sources);
    if (!value) {
      complaints.push_back(value.error().message);
    } else if (*value) {
      auto& group = !option.secure ? result.plain : option.value_exposed ? result.secure_exposed : result.secure;
      group[option.name] = std::move(**value);
    }
  }
  if (!complaints.empty()) return fail(ErrorKind::invalid, base::join(complaints, "\n"));
  result.arg_string = make_arg_string(job.options, result.plain);
  return result;
}

}  // namespace qd::model
