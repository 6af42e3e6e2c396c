#include "plugin/describe.hpp"

namespace qd::plugin {

Description::Description(const char* service, std::string name, std::string title, std::string description) {
  provider_.service = service;
  provider_.name = std::move(name);
  provider_.title = std::move(title);
  provider_.description = std::move(description);
}

Description& Description::add(const char* type, const char* name, const char* title, const char* description) {
  Property property;
  property.name = name;
  property.title = title;
  property.description = description;
  property.type = type;
  provider_.properties.push_back(std::move(property));
  return *this;
}

Description& Description::text(const char* name, const char* title, const char* description) {
  return add("String", name, title, description);
}

Description& Description::lines(const char* name, const char* title, const char* description) {
  add("String", name, title, description);
  provider_.properties.back().rendering["displayType"] = "MULTI_LINE";
  return *this;
}

Description& Description::number(const char* name, const char* title, const char* description) {
  return add("Integer", name, title, description);
}

Description& Description::flag(const char* name, const char* title, const char* description, bool standard) {
  add("Boolean", name, title, description);
  provider_.properties.back().fallback = standard ? "true" : "false";
  return *this;
}

Description& Description::choice(const char* name, const char* title, const Labels& values, const char* description) {
  add("Select", name, title, description);
  auto& property = provider_.properties.back();
  for (const auto& [value, label] : values) {
    property.values.push_back(value);
    property.labels[value] = label;
  }
  return *this;
}

Description& Description::key(const char* name, const char* title, const char* type, const char* description) {
  add("String", name, title, description);
  auto& rendering = provider_.properties.back().rendering;
  rendering["selectionAccessor"] = "STORAGE_PATH";
  rendering["storage-path-root"] = "keys";
  rendering["storage-file-meta-filter"] =
      type == std::string_view("password") ? "Rundeck-data-type=password" : "Rundeck-key-type=private";
  return *this;
}

Description& Description::with(const std::vector<Property>& fields) {
  provider_.properties.insert(provider_.properties.end(), fields.begin(), fields.end());
  return *this;
}

Description& Description::words(const char* name, const char* title, const std::vector<std::string>& values,
                                const char* description) {
  add("Select", name, title, description);
  provider_.properties.back().values = values;
  return *this;
}

Description& Description::free() {
  provider_.properties.back().type = "FreeSelect";
  return *this;
}

Description& Description::among(const char* heading) {
  provider_.properties.back().rendering["groupName"] = heading;
  return *this;
}

Description& Description::needed() {
  provider_.properties.back().required = true;
  return *this;
}

Description& Description::standard(const char* value) {
  provider_.properties.back().fallback = value;
  return *this;
}

Description& Description::mapped(const char* key) {
  provider_.project_keys[provider_.properties.back().name] = key;
  return *this;
}

}  // namespace qd::plugin
