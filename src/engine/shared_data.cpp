#include "engine/shared_data.hpp"

#include "base/text.hpp"

namespace qd::engine {

namespace {

constexpr std::size_t kMaxBytes = 64u << 20;
constexpr const char* kExec = "exec";
constexpr const char* kExitCode = "exitCode";

const std::string* value_in(const SharedData::Groups& groups, const std::string& group, const std::string& key) {
  const auto values = groups.find(group);
  if (values == groups.end()) return nullptr;
  const auto value = values->second.find(key);
  return value == values->second.end() ? nullptr : &value->second;
}

void merge_into(model::DataContext& context, const SharedData::Groups& groups) {
  for (const auto& [name, values] : groups) {
    auto merged = context.group(name);
    for (const auto& [key, value] : values) merged[key] = value;
    context.set_group(name, std::move(merged));
  }
}

}  // namespace

bool SharedData::set(std::size_t step, const std::string& node, const std::string& group, const std::string& key,
                     std::string value) {
  return values_.with([&](Values& values) {
    const auto size = 2 * value.size() + key.size();
    if (values.bytes + size > kMaxBytes) return false;
    values.bytes += size;
    values.steps[step][node][group][key] = value;
    values.latest[node][group][key] = std::move(value);
    return true;
  });
}

void SharedData::set_exit_code(std::size_t step, const std::string& node, int code) {
  values_.with([&](Values& values) { values.exit_codes[step][node] = code; });
}

SharedData::Groups SharedData::groups(const std::string& node) const {
  return values_.with([&](const Values& values) {
    const auto found = values.latest.find(node);
    return found == values.latest.end() ? Groups() : found->second;
  });
}

model::DataContext::Group SharedData::group(const std::string& name) const {
  auto all = groups("");
  return std::move(all[name]);
}

void SharedData::add_to(model::DataContext& context, const std::string& node) const {
  values_.with([&](const Values& values) {
    if (values.latest.empty()) return;
    for (const auto& scope : {std::string(), node}) {
      const auto found = values.latest.find(scope);
      if (found != values.latest.end()) merge_into(context, found->second);
      if (node.empty()) break;
    }
  });
}

std::map<std::string, SharedData::Groups> SharedData::all() const {
  return values_.with([](const Values& values) { return values.latest; });
}

const std::map<std::string, SharedData::Groups>* SharedData::scopes_of(const Values& values, std::size_t step) {
  if (step == 0) return &values.latest;
  const auto found = values.steps.find(step);
  return found == values.steps.end() ? nullptr : &found->second;
}

std::optional<std::string> SharedData::find(std::size_t step, const std::string& node, const std::string& group,
                                            const std::string& key) const {
  return values_.with([&](const Values& values) -> std::optional<std::string> {
    if (group == kExec && key == kExitCode) {
      const auto codes = values.exit_codes.find(step);
      if (codes == values.exit_codes.end()) return std::nullopt;
      const auto code = codes->second.find(node);
      if (code == codes->second.end()) return std::nullopt;
      return std::to_string(code->second);
    }
    const auto* scopes = scopes_of(values, step);
    const auto scope = scopes == nullptr ? values.latest.end() : scopes->find(node);
    if (scopes == nullptr || scope == scopes->end()) return std::nullopt;
    const auto* value = value_in(scope->second, group, key);
    return value == nullptr ? std::nullopt : std::optional(*value);
  });
}

std::optional<std::string> SharedData::join(std::size_t step, const std::string& group, const std::string& key,
                                            const std::string& delimiter) const {
  return values_.with([&](const Values& values) -> std::optional<std::string> {
    std::vector<std::string> found;
    if (group == kExec && key == kExitCode) {
      const auto codes = values.exit_codes.find(step);
      if (codes == values.exit_codes.end()) return std::nullopt;
      for (const auto& [node, code] : codes->second) found.push_back(std::to_string(code));
    } else if (const auto* scopes = scopes_of(values, step)) {
      for (const auto& [node, groups] : *scopes) {
        const auto* value = node.empty() ? nullptr : value_in(groups, group, key);
        if (value != nullptr) found.push_back(*value);
      }
    }
    return found.empty() ? std::nullopt : std::optional(base::join(found, delimiter));
  });
}

}  // namespace qd::engine
