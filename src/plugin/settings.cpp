#include "plugin/settings.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace qd::plugin {

namespace {

const std::string* look(const Texts* texts, const std::string& key) {
  if (texts == nullptr) return nullptr;
  const auto found = texts->find(key);
  return found == texts->end() || found->second.empty() ? nullptr : &found->second;
}

struct Scopes {
  bool instance, project, framework;
};

Scopes scopes_of(const Property& property) {
  if (property.scope == "Framework") return {false, false, true};
  if (property.scope == "ProjectOnly") return {false, true, false};
  if (property.scope == "Project") return {false, true, true};
  if (property.scope == "InstanceOnly") return {true, false, false};
  return {true, true, true};
}

std::string value_of(const Provider& provider, const Property& property, const SettingSources& sources) {
  const auto scopes = scopes_of(property);
  const auto key = "plugin." + provider.service + "." + provider.name + "." + property.name;
  if (const auto* own = scopes.instance ? look(&sources.instance, property.name) : nullptr) return *own;
  if (const auto* set = scopes.project ? look(sources.properties, "project." + key) : nullptr) return *set;
  if (const auto* set = scopes.framework ? look(sources.properties, "framework." + key) : nullptr) return *set;
  return property.fallback;
}

Result<> check_type(const Property& property, const std::string& value) {
  const auto wrong = [&](const std::string& what) {
    return fail(ErrorKind::invalid, "property '" + property.name + "': '" + value + "' is " + what);
  };
  const auto allowed = [&](std::string_view one) {
    return std::find(property.values.begin(), property.values.end(), one) != property.values.end();
  };
  const auto& type = property.type;
  if ((type == "Integer" || type == "Long") && !base::parse_int(base::trim(value))) return wrong("no whole number");
  if (type == "Boolean" && !base::parse_bool(base::trim(value))) return wrong("neither true nor false");
  if (type == "Select" && !allowed(value)) return wrong("none of " + base::join(property.values, ", "));
  if (type != "Options" || property.values.empty()) return {};
  for (const auto& one : base::split_trimmed(value, ',')) {
    if (!allowed(one)) return wrong("not made of " + base::join(property.values, ", "));
  }
  return {};
}

std::string where_to_set(const Provider& provider, const Property& property) {
  const auto scopes = scopes_of(property);
  const auto key = "plugin." + provider.service + "." + provider.name + "." + property.name;
  std::vector<std::string> places;
  if (scopes.instance) places.emplace_back("where the plugin is used");
  if (scopes.project) places.push_back("in the project as project." + key);
  if (scopes.framework) places.push_back("in framework.properties as framework." + key);
  return base::join(places, ", or ");
}

// The secret that a value names. Nullopt: it names none.
Result<std::optional<std::string>> converted(const Property& property, const std::string& value,
                                             const SettingSources& sources) {
  const auto way = property.option("valueConversion");
  if (way == "STORAGE_PATH_AUTOMATIC_READ") {
    if (!sources.read_secret) {
      return fail(ErrorKind::unavailable, "property '" + property.name + "': this server has no key storage");
    }
    auto secret = sources.read_secret(value);
    if (secret) return std::optional(std::move(*secret));
    return fail(secret.error().kind, "property '" + property.name + "': " + secret.error().message);
  }
  if (way == "PRIVATE_DATA_CONTEXT") {
    constexpr std::string_view group = "option.";
    if (const auto* secret =
            value.starts_with(group) ? look(sources.secure_options, value.substr(group.size())) : nullptr) {
      return std::optional(*secret);
    }
    return fail(ErrorKind::invalid, "property '" + property.name + "': there is no secure option '" + value + "'");
  }
  return std::optional<std::string>();
}

}  // namespace

Result<Settings> resolve_settings(const Provider& provider, const SettingSources& sources) {
  Settings settings;
  const auto named = provider.service + " '" + provider.name + "': ";
  for (const auto& property : provider.properties) {
    const auto value = value_of(provider, property, sources);
    if (value.empty()) {
      if (!property.required) continue;
      return fail(ErrorKind::invalid,
                  named + "property '" + property.name + "' is required; set it " + where_to_set(provider, property));
    }
    if (auto fits = check_type(property, value); !fits) return fail(ErrorKind::invalid, named + fits.error().message);
    auto secret = converted(property, value, sources);
    if (secret) {
      if (*secret) settings.secrets.push_back(**secret);
      settings.values[property.name] = *secret ? **secret : value;
      continue;
    }
    const auto otherwise = property.option("valueConversionFailure");
    if (otherwise == "remove") continue;
    if (otherwise != "skip") return fail(secret.error().kind, named + secret.error().message);
    settings.values[property.name] = value;
  }
  return settings;
}

Texts node_instance(const Provider& provider, const model::Node& node) {
  Texts texts;
  for (const auto& property : provider.properties) {
    const auto attribute = property.option("instance-scope-node-attribute");
    if (!attribute.empty()) texts[property.name] = node.attribute(attribute);
  }
  return texts;
}

}  // namespace qd::plugin
