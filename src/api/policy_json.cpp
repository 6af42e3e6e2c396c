#include "api/policy_json.hpp"

#include "base/text.hpp"
#include "service/errors.hpp"

namespace qd::api {
namespace {

// A list of texts, or one text with commas.
std::vector<std::string> texts_of(const JsonObject& object, std::string_view key) {
  const Json* value = find(object, key);
  if (value == nullptr) return {};
  std::vector<std::string> texts;
  if (const JsonArray* list = value->if_array()) {
    for (const Json& one : *list) texts.push_back(scalar_text(one).value_or(""));
    return texts;
  }
  return base::split_trimmed(scalar_text(*value).value_or(""), ',');
}

Result<acl::Resource> resource_of(const JsonObject& body) {
  const Json* given = find(body, "resource");
  if (given == nullptr) return acl::Resource{};
  const JsonObject* object = given->if_object();
  const std::string type = object != nullptr ? text_or(*object, "type") : std::string();
  if (type.empty()) {
    return service::bad_parameter("resource", scalar_text(*given).value_or(""),
                                  "it must be an object with the resource's 'type' and attributes");
  }
  acl::Resource resource{type, {}};
  for (const auto& [key, value] : *object) {
    if (key == "type" || value.is_null()) continue;
    if (value.is_array()) {
      resource.attributes[key] = texts_of(*object, key);
    } else if (const auto text = scalar_text(value)) {
      resource.attributes[key] = *text;
    } else {
      return service::bad_parameter("resource", std::string(key), "an attribute is a text or a list of texts");
    }
  }
  return resource;
}

std::optional<service::DraftPolicy> draft_of(const JsonObject& body) {
  const Json* given = find(body, "policy");
  if (given == nullptr || !given->is_object()) return std::nullopt;
  const JsonObject& draft = given->as_object();
  return service::DraftPolicy{text_or(draft, "project"), text_or(draft, "name", "draft.aclpolicy"),
                              text_or(draft, "contents")};
}

JsonObject subject_json(const acl::Subject& subject) {
  JsonObject json{{"user", subject.user}, {"groups", JsonArray(subject.groups.begin(), subject.groups.end())}};
  if (!subject.urn.empty()) json["urn"] = subject.urn;
  return json;
}

JsonObject resource_json(const acl::Resource& resource) {
  JsonObject json{{"type", resource.type}};
  for (const auto& [name, value] : resource.attributes) {
    if (const auto* text = std::get_if<std::string>(&value)) {
      json[name] = *text;
    } else {
      const auto& list = std::get<std::vector<std::string>>(value);
      json[name] = JsonArray(list.begin(), list.end());
    }
  }
  return json;
}

Json rule_json(const acl::Rule* rule) {
  if (rule == nullptr) return nullptr;
  auto text = parse_json(rule->text);
  return JsonObject{{"source", rule->source}, {"rule", text ? std::move(*text) : Json(rule->text)}};
}

JsonArray patterns_json(const std::vector<acl::TextPattern>& patterns) {
  JsonArray list;
  for (const acl::TextPattern& pattern : patterns) list.emplace_back(pattern.source());
  return list;
}

}  // namespace

Result<std::string> policy_text(const Call& call) {
  if (!call.has_json_body()) return call.request.body;
  const auto body = call.json_body();
  if (!body) return fail(body.error());
  return text_or(*body, "contents");
}

JsonObject validation_json(const std::vector<acl::PolicyFlaws>& flaws) {
  JsonObject json{{"valid", flaws.empty()}};
  if (flaws.empty()) return json;
  JsonArray policies;
  for (const acl::PolicyFlaws& flaw : flaws) {
    policies.push_back(
        JsonObject{{"policy", flaw.policy}, {"errors", JsonArray(flaw.errors.begin(), flaw.errors.end())}});
  }
  json["policies"] = std::move(policies);
  return json;
}

Result<service::AccessQuestion> question_of(const JsonObject& body) {
  service::AccessQuestion question;
  acl::Subject subject{text_or(body, "user"), texts_of(body, "groups"), text_or(body, "urn")};
  if (subject != acl::Subject{}) question.subject = std::move(subject);
  question.project = text_or(body, "project");
  auto resource = resource_of(body);
  if (!resource) return fail(resource.error());
  question.resource = std::move(*resource);
  question.actions = texts_of(body, "actions");
  question.draft = draft_of(body);
  return question;
}

acl::Things things_of(const JsonObject& body) {
  return {text_or(body, "project"), text_or(body, "storage"), text_or(body, "node"),
          text_or(body, "job"),     text_or(body, "jobUuid"), texts_of(body, "tags")};
}

JsonObject access_json(const service::AccessAnswer& answer) {
  JsonArray decisions;
  for (const acl::Access& access : answer.access) {
    decisions.push_back(JsonObject{{"context", access.project.empty() ? "application" : "project"},
                                   {"project", access.project.empty() ? Json(nullptr) : Json(access.project)},
                                   {"resource", resource_json(access.resource)},
                                   {"description", acl::describe(access.resource)},
                                   {"action", access.action},
                                   {"allowed", access.verdict.allowed()},
                                   {"outcome", acl::outcome_word(access.verdict.outcome)},
                                   {"concerned", access.verdict.any_policy},
                                   {"decidedBy", rule_json(access.verdict.rule)}});
  }
  return {{"subject", subject_json(answer.subject)}, {"decisions", std::move(decisions)}};
}

JsonObject grants_json(const service::GrantsAnswer& answer) {
  JsonArray allow, deny;
  for (const acl::Grant& grant : answer.grants) {
    const acl::Policy& policy = *grant.policy;
    JsonObject entry{
        {"policy", policy.source},
        {"description", policy.description},
        {policy.by ? "by" : "notBy", JsonObject{{"username", patterns_json(policy.users)},
                                                {"group", patterns_json(policy.groups)},
                                                {"urn", JsonArray(policy.urns.begin(), policy.urns.end())}}},
        {"decidedBy", rule_json(grant.rule)}};
    (grant.allows ? allow : deny).push_back(std::move(entry));
  }
  return {{"allow", std::move(allow)}, {"deny", std::move(deny)}};
}

}  // namespace qd::api
