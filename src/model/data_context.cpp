#include "model/data_context.hpp"

#include "base/text.hpp"

namespace qd::model {

namespace {
const DataContext::Group kNoValues;
constexpr std::string_view kUnquoted = "unquoted";
}  // namespace

const std::string* DataContext::find(const std::string& group, const std::string& key) const {
  const auto values = groups_.find(group);
  if (values == groups_.end()) return nullptr;
  const auto value = values->second->find(key);
  return value == values->second->end() ? nullptr : &value->second;
}

const DataContext::Group& DataContext::group(const std::string& name) const {
  const auto values = groups_.find(name);
  return values == groups_.end() ? kNoValues : *values->second;
}

std::vector<std::string> DataContext::group_names() const {
  std::vector<std::string> names;
  for (const auto& [name, values] : groups_) names.push_back(name);
  return names;
}

void DataContext::set_group(const std::string& name, Group values) {
  groups_[name] = std::make_shared<const Group>(std::move(values));
}

void DataContext::set(const std::string& group_name, const std::string& key, std::string value) {
  Group values = group(group_name);
  values[key] = std::move(value);
  set_group(group_name, std::move(values));
}

std::optional<std::string> DataContext::resolve(std::string_view reference) const {
  if (reference.starts_with(kUnquoted)) reference.remove_prefix(kUnquoted.size());
  const auto dot = reference.find('.');
  if (dot == std::string_view::npos || dot == 0) return std::nullopt;
  const auto* value = find(std::string(reference.substr(0, dot)), std::string(reference.substr(dot + 1)));
  if (value != nullptr) return *value;
  return scopes_ ? resolve_scoped(reference) : std::nullopt;
}

// [STEP:]GROUP.KEY[@NODE|*DELIMITER]
std::optional<std::string> DataContext::resolve_scoped(std::string_view reference) const {
  std::size_t step = 0;
  if (const auto colon = reference.find(':'); colon != std::string_view::npos && colon < reference.find('.')) {
    const auto number = base::parse_int(reference.substr(0, colon));
    if (!number || *number < 1) return std::nullopt;
    step = static_cast<std::size_t>(*number);
    reference.remove_prefix(colon + 1);
  }
  const auto dot = reference.find('.');
  if (dot == std::string_view::npos || dot == 0) return std::nullopt;
  const std::string group(reference.substr(0, dot));
  const auto rest = reference.substr(dot + 1);
  const auto mark = rest.find_first_of("@*");
  const std::string key(rest.substr(0, mark));
  if (mark == std::string_view::npos) {
    const auto* node = find("node", "name");
    if (node != nullptr) {
      if (auto value = scopes_->find(step, *node, group, key)) return value;
    }
    return scopes_->find(step, "", group, key);
  }
  const std::string suffix(rest.substr(mark + 1));
  if (rest[mark] == '@') return scopes_->find(step, suffix, group, key);
  return scopes_->join(step, group, key, suffix.empty() ? "," : suffix);
}

std::map<std::string, std::string> DataContext::environment() const {
  std::map<std::string, std::string> variables;
  for (const auto& [name, values] : groups_) {
    for (const auto& [key, value] : *values) variables.insert_or_assign(environment_name(name, key), value);
  }
  return variables;
}

std::string environment_name(std::string_view group, std::string_view key) {
  std::string name;
  name.reserve(4 + group.size() + key.size());
  name = "RD_";
  name.append(group).append(".").append(key);
  for (char& c : name) {
    if (c >= 'a' && c <= 'z') {
      c = static_cast<char>(c - 'a' + 'A');
    } else if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9')) {
      c = '_';
    }
  }
  return name;
}

DataContext::Group node_group(const Node& node) {
  DataContext::Group values{{"name", node.name},
                            {"hostname", node.attribute("hostname")},
                            {"os-name", node.attribute("osName")},
                            {"os-family", node.attribute("osFamily")},
                            {"os-arch", node.attribute("osArch")},
                            {"os-version", node.attribute("osVersion")},
                            {"username", node.attribute("username")},
                            {"description", node.attribute("description")},
                            {"tags", base::join({node.tags.begin(), node.tags.end()}, ",")}};
  for (const auto& [key, value] : node.attributes) {
    if (key == "nodename" || key == "osName" || key == "osFamily" || key == "osArch" || key == "osVersion") continue;
    values.try_emplace(key, value);
  }
  return values;
}

}  // namespace qd::model
