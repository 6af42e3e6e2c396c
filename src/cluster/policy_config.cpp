#include "cluster/policy_config.hpp"

#include <optional>
#include <string_view>

#include "base/text.hpp"
#include "cluster/policy_config_values.hpp"

namespace qd::cluster {
namespace {

constexpr std::string_view remote_prefix = "rundeck.clusterMode.remoteExecution.";
constexpr std::string_view scheduled_policy_key = "rundeck.clusterMode.remoteScheduledExecutionPolicy.enabled";

using PolicyProperties = std::map<std::string, std::string>;

struct PolicySetting {
  std::string key, value;
};

class PolicyReader {
 public:
  explicit PolicyReader(const PolicyProperties& properties) : properties_(properties) {}

  Result<PolicyConfig> read() {
    PolicyConfig config;
    config.scheduled_at_execution = flag(find(std::string(scheduled_policy_key)), true);
    const std::string all = std::string(remote_prefix);
    const bool enabled = flag(find(all + "enabled"), true);
    known_.insert(all + "cleanup.older.messages");  // read elsewhere
    config.standard = read_policy("", Policy{});
    read_profiles(config);
    note_unknown_keys(config.warnings);
    if (!problems_.empty()) return fail(ErrorKind::invalid, base::join(problems_, "\n"));
    if (!enabled) {
      config.standard.kind = PolicyKind::none;
      for (auto& [name, policy] : config.profiles) policy.kind = PolicyKind::none;
    }
    return config;
  }

 private:
  // An empty value counts as absent.
  std::optional<PolicySetting> find(const std::string& key) {
    known_.insert(key);
    const auto place = properties_.find(key);
    if (place == properties_.end()) return std::nullopt;
    std::string value(base::trim(place->second));
    if (value.empty()) return std::nullopt;
    return PolicySetting{key, std::move(value)};
  }

  void complain(const PolicySetting& setting, const std::string& what) {
    problems_.push_back(setting.key + " = " + setting.value + ": " + what);
  }

  bool flag(const std::optional<PolicySetting>& setting, bool standard) {
    if (!setting) return standard;
    const auto value = base::parse_bool(setting->value);
    if (!value) complain(*setting, "must be true or false");
    return value.value_or(standard);
  }

  template <class T, class Parse>
  bool parse_into(T& to, const std::optional<PolicySetting>& setting, Parse parse) {
    if (!setting) return false;
    auto value = parse(setting->value);
    if (!value) {
      complain(*setting, value.error().message);
      return false;
    }
    to = std::move(*value);
    return true;
  }

  Policy read_policy(const std::string& profile, Policy policy) {
    const std::string start = std::string(remote_prefix) + (profile.empty() ? "" : "profile." + profile + ".");
    const std::string config = start + "config.";
    policy.profile = profile;
    parse_into(policy.kind, find(start + "policy"), parse_policy_kind);
    parse_into(policy.allowed, find(config + "allowed"), parse_allowed);
    parse_into(policy.allowed_tags, find(config + "allowedTags"), parse_tags);
    parse_into(policy.preferred_tags, find(config + "preferredTags"), parse_tags);
    policy.active_only = flag(find(config + "activeOnly"), policy.active_only);
    if (const auto uuid = find(config + "uuid")) policy.uuid = uuid->value;
    if (policy.kind == PolicyKind::preset && policy.uuid.empty()) {
      problems_.push_back(config + "uuid: the policy Preset needs the uuid of a member here");
    }
    read_load(config, policy);
    return policy;
  }

  void read_load(const std::string& config, Policy& policy) {
    parse_into(policy.criteria, find(config + "criteria"), parse_criteria);
    std::vector<double> weights;
    const auto setting = find(config + "weights");
    if (parse_into(weights, setting, parse_weights)) {
      if (weights.size() != policy.criteria.size()) {
        complain(*setting,
                 "there are " + std::to_string(policy.criteria.size()) + " criteria, and each needs one weight");
      } else {
        for (std::size_t i = 0; i < weights.size(); ++i) policy.criteria[i].weight = weights[i];
      }
    }
    parse_into(policy.group_weights, find(config + "groupWeight"), parse_weights);
  }

  void read_profiles(PolicyConfig& config) {
    const auto names = find(std::string(remote_prefix) + "profiles");
    if (!names) return;
    for (const auto& name : base::split_trimmed(names->value, ',')) {
      if (config.profiles.contains(name)) {
        complain(*names, "\"" + name + "\" stands there twice");
        continue;
      }
      config.profiles.emplace(name, read_policy(name, config.standard));
      const auto projects = find(std::string(remote_prefix) + "profile." + name + ".projects");
      if (!projects) continue;
      for (const auto& project : base::split_trimmed(projects->value, ',')) {
        const auto [place, fresh] = config.profile_of.emplace(project, name);
        if (!fresh && place->second != name) {
          complain(*projects, "project \"" + project + "\" is in profile \"" + place->second +
                                  "\" already; a project can have one profile");
        }
      }
    }
  }

  void note_unknown_keys(std::vector<std::string>& warnings) {
    for (auto entry = properties_.lower_bound(std::string(remote_prefix));
         entry != properties_.end() && entry->first.starts_with(remote_prefix); ++entry) {
      if (known_.contains(entry->first)) continue;
      const bool of_profile = entry->first.starts_with(std::string(remote_prefix) + "profile.");
      warnings.push_back(
          entry->first + " has no effect: there is no such key" +
          (of_profile ? ", or its profile is not named in " + std::string(remote_prefix) + "profiles" : ""));
    }
  }

  const PolicyProperties& properties_;
  std::set<std::string> known_;
  std::vector<std::string> problems_;
};

}  // namespace

bool MemberPattern::matches(const std::string& uuid, const std::string& self) const {
  switch (kind) {
    case Kind::self:
      return uuid == self;
    case Kind::other:
      return uuid != self;
    case Kind::uuid:
      return base::iequals(uuid, text);
    case Kind::regex:
      return regex->matches(uuid);
  }
  return false;
}

bool TagRule::matches(const std::set<std::string>& tags, bool is_self) const {
  const auto has = [&](const std::string& tag) { return tags.contains(tag) || (is_self && tag == "Self"); };
  for (const auto& all : any_of) {
    bool every = true;
    for (const auto& tag : all) every = every && has(tag);
    if (every) return true;
  }
  return any_of.empty();
}

const Policy& PolicyConfig::for_project(const std::string& project) const {
  const auto place = profile_of.find(project);
  return place == profile_of.end() ? standard : profiles.at(place->second);
}

Result<PolicyConfig> parse_policy_config(const PolicyProperties& properties) {
  return PolicyReader(properties).read();
}

}  // namespace qd::cluster
