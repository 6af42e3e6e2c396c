#include "plugin/option_values.hpp"

#include "base/text.hpp"

namespace qd::plugin {

namespace {
constexpr Millis kValuesLimit{30'000};
constexpr std::size_t kMaxValues = 4u << 20;
constexpr std::string_view kStart = "==START_OPTIONS==";
constexpr std::string_view kEnd = "==END_OPTIONS==";
}  // namespace

Result<std::vector<LabelledValue>> parse_option_values(const std::string& output) {
  const auto start = output.find(kStart);
  if (start == std::string::npos) return fail(ErrorKind::invalid, "its script did not print " + std::string(kStart));
  const auto begin = start + kStart.size();
  const auto end = output.find(kEnd, begin);
  if (end == std::string::npos) return fail(ErrorKind::invalid, "its script did not print " + std::string(kEnd));
  std::vector<LabelledValue> values;
  for (const auto& line : base::split_trimmed(output.substr(begin, end - begin), '\n')) {
    const auto text = base::repair_utf8(line);
    const auto colon = text.find(':');
    if (colon == std::string::npos) {
      values.emplace_back(text, text);
    } else {
      values.emplace_back(base::trim(text.substr(0, colon)), base::trim(text.substr(colon + 1)));
    }
  }
  return values;
}

Result<std::vector<LabelledValue>> option_values_of(const ScriptParts& parts, const std::string& name,
                                                    const std::string& project, const Texts& properties,
                                                    const Texts& options, ReadSecret read_secret) {
  const auto plugin = parts.registry.find_now(service::option_values, name);
  if (plugin == nullptr) {
    return fail(ErrorKind::not_found, "there is no option values plugin '" + name + "' on this server; there are: " +
                                          base::join(parts.registry.names(service::option_values), ", "));
  }
  auto settings = resolve_settings(plugin->provider, {{}, &properties, nullptr, std::move(read_secret)});
  if (!settings) return fail(settings.error());
  ScriptCall call;
  call.plugin = plugin;
  call.project = project;
  call.settings = std::move(*settings);
  call.context.set_group("option", options);
  const auto end = run_blocking(parts, call, kValuesLimit, kMaxValues);
  const auto named = "the option values plugin '" + name + "': ";
  if (!end.process.succeeded()) return fail(ErrorKind::unavailable, named + describe_end(end));
  if (end.cut) return fail(ErrorKind::too_large, named + "its output is larger than 4 MiB");
  auto values = parse_option_values(end.out);
  if (!values) return fail(values.error().kind, named + values.error().message);
  return values;
}

}  // namespace qd::plugin
