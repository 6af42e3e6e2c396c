#include "acl/policy_parse.hpp"

#include <algorithm>
#include <array>

#include "acl/rule_parse.hpp"
#include "codec/yaml_read.hpp"

namespace qd::acl {
namespace {

constexpr std::size_t kMaxText = 4u << 20;
constexpr std::array kPolicyKeys{"by", "notBy", "id", "for", "context", "description"};

std::string listed(const std::string& section, const Json& value) {
  return "Section '" + section + ":' should be a list or a String, but it was: " + kind_name(value);
}

class PolicyReader {
 public:
  PolicyReader(const codec::LocatedYaml& document, std::string source, const std::string& project)
      : document_(document), project_(project) {
    policy_.source = std::move(source);
  }

  Policy take() { return std::move(policy_); }

  std::vector<std::string> read() {
    const JsonObject* root = document_.value.if_object();
    if (root == nullptr)
      return {"Expected a policy, a map of description, context, for and by, but it was: " +
              kind_name(document_.value)};
    for (const auto& [key, value] : *root) {
      if (std::find(kPolicyKeys.begin(), kPolicyKeys.end(), key) != kPolicyKeys.end()) continue;
      complain({std::string(key)}, "Policy contains invalid keys: [" + std::string(key) +
                                       "], allowed keys: [by, notBy, id, for, context, description]");
    }
    read_description(*root);
    read_context(*root);
    read_by(*root);
    read_for(*root);
    return std::move(errors_);
  }

 private:
  void complain(const std::vector<std::string>& path, const std::string& error) {
    errors_.push_back(error + " (line " + std::to_string(codec::line_of(document_, path)) + ")");
  }

  void read_description(const JsonObject& root) {
    const Json* description = find(root, "description");
    if (description == nullptr || description->is_null()) return complain({}, "Policy is missing a description");
    const auto text = scalar_text(*description);
    if (!text) return complain({"description"}, "Section 'description:' should be a String");
    policy_.description = *text;
  }

  void read_context(const JsonObject& root) {
    const Json* context = find(root, "context");
    const bool present = context != nullptr && !context->is_null();
    if (!project_.empty()) {
      if (present) {
        complain({"context"},
                 "Context section should not be specified, it is already set to: {project='" + project_ + "'}");
      }
      policy_.project = TextPattern::exact(project_);
      return;
    }
    if (!present) return complain({}, "Required 'context:' section was not present");
    const JsonObject* object = context->if_object();
    if (object == nullptr || object->size() != 1 ||
        (object->begin()->key() != "project" && object->begin()->key() != "application")) {
      return complain({"context"},
                      "Context section is not valid: it should have only one entry: 'application:' or 'project:'");
    }
    const std::string key(object->begin()->key());
    const auto value = scalar_text(object->begin()->value());
    if (!value) return complain({"context", key}, "Context section: " + key + ": should be a String");
    if (key == "application") {
      policy_.application = *value == "rundeck";
      if (!policy_.application)
        complain({"context", key}, "Context section: application: the only supported value is 'rundeck'");
      return;
    }
    if (auto compiled = model::Regex::compile(*value); !compiled)
      return complain({"context", key}, "Context section: project: invalid regex: " + compiled.error().message);
    policy_.project = TextPattern::regex(*value);
  }

  // The texts of `by: group:` and its like: one, or a list.
  std::vector<std::string> texts(const std::string& section, const std::string& key, const JsonObject& who) {
    const Json* value = find(who, key);
    if (value == nullptr || value->is_null()) return {};
    if (const auto text = scalar_text(*value)) return {*text};
    const JsonArray* list = value->if_array();
    if (list == nullptr) {
      complain({section, key}, listed(key, *value));
      return {};
    }
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < list->size(); ++i) {
      if (const auto text = scalar_text((*list)[i])) {
        texts.push_back(*text);
      } else {
        complain({section, key, std::to_string(i)},
                 "Section '" + key + ":' should contain only Strings, but saw a: " + kind_name((*list)[i]));
      }
    }
    return texts;
  }

  void read_by(const JsonObject& root) {
    const bool has_by = find(root, "by") != nullptr, has_not = find(root, "notBy") != nullptr;
    if (!has_by && !has_not) return complain({}, "Required 'by:' or 'notBy:' section was not present");
    if (has_by && has_not)
      return complain({"notBy"}, "Only one of 'by:' and 'notBy:' can be present: split the policy in two");
    const std::string section = has_by ? "by" : "notBy";
    policy_.by = has_by;
    const JsonObject* who = find(root, section)->if_object();
    const std::size_t before = errors_.size();
    if (who != nullptr) {
      for (const std::string& user : texts(section, "username", *who))
        policy_.users.push_back(TextPattern::regex(user));
      for (const std::string& group : texts(section, "group", *who))
        policy_.groups.push_back(TextPattern::regex(group));
      policy_.urns = texts(section, "urn", *who);
    }
    const bool names_nobody = policy_.users.empty() && policy_.groups.empty() && policy_.urns.empty();
    if (names_nobody && errors_.size() == before) {
      complain({section},
               "Section '" + section + ":' is not valid:  it must contain 'group:' and/or 'username:' and/or 'urn:'");
    }
  }

  void read_for(const JsonObject& root) {
    const Json* types = find(root, "for");
    if (types == nullptr || types->is_null()) return complain({}, "Required 'for:' section was not present");
    const JsonObject* object = types->if_object();
    if (object == nullptr)
      return complain({"for"}, "Expected 'for:' section to contain a map, but was " + kind_name(*types));
    if (object->empty()) return complain({"for"}, "Section 'for:' cannot be empty");
    for (const auto& [type, rules] : *object) read_type(std::string(type), rules);
  }

  void read_type(const std::string& type, const Json& rules) {
    const JsonArray* list = rules.if_array();
    if (list == nullptr)
      return complain({"for", type},
                      "Expected 'for: { " + type + ": <...> }' to be a Sequence, but was [" + kind_name(rules) + "]");
    if (list->empty())
      return complain({"for", type}, "Type rule 'for: { " + type + ": [...] }' list should not be empty.");
    for (std::size_t i = 0; i < list->size(); ++i) {
      auto rule = read_rule((*list)[i], policy_.by);
      if (!rule) {
        complain({"for", type, std::to_string(i)}, "Type rule 'for: { " + type + ": [...] }' entry at index [" +
                                                       std::to_string(i + 1) + "] " + rule.error().message);
        continue;
      }
      rule->type = type;
      rule->source = policy_.source + "[type:" + type + "][rule: " + std::to_string(i + 1) + "]";
      policy_.rules.push_back(std::move(*rule));
    }
  }

  const codec::LocatedYaml& document_;
  const std::string& project_;
  Policy policy_;
  std::vector<std::string> errors_;
};

}  // namespace

ParsedPolicies parse_policies(std::string_view text, const std::string& name, const std::string& project) {
  ParsedPolicies parsed;
  codec::YamlLimits limits;
  limits.max_bytes = kMaxText;
  const auto stream = codec::parse_yaml_stream(text, limits);
  const auto source = [&](std::size_t number) { return name + "[" + std::to_string(number) + "]"; };
  std::size_t number = 0;
  for (const codec::LocatedYaml& document : stream.documents) {
    PolicyReader reader(document, source(++number), project);
    auto errors = reader.read();
    if (errors.empty()) {
      parsed.policies.push_back(reader.take());
    } else {
      parsed.flaws.push_back({source(number), std::move(errors)});
    }
  }
  if (stream.error) {
    parsed.flaws.push_back({source(number + 1), {"Error parsing the policy document: " + stream.error->message}});
  } else if (stream.documents.empty()) {
    parsed.flaws.push_back({source(1), {"The text holds no policy"}});
  }
  return parsed;
}

}  // namespace qd::acl
