#include "acl/policy_write.hpp"

#include "base/json.hpp"
#include "codec/yaml.hpp"

namespace qd::acl {
namespace {

Json one_or_list(const std::vector<std::string>& texts) {
  if (texts.size() == 1) return Json(texts.front());
  return JsonArray(texts.begin(), texts.end());
}

}  // namespace

std::string write_policy(const PolicyRequest& request) {
  JsonObject rule;
  if (!request.allow.empty()) rule["allow"] = one_or_list(request.allow);
  if (!request.deny.empty()) rule["deny"] = one_or_list(request.deny);
  JsonObject texts, sets;
  for (const auto& [name, value] : request.resource.attributes) {
    if (const auto* text = std::get_if<std::string>(&value)) {
      texts[name] = *text;
    } else {
      sets[name] = one_or_list(std::get<std::vector<std::string>>(value));
    }
  }
  if (!texts.empty()) rule[request.regex ? "match" : "equals"] = std::move(texts);
  if (!sets.empty()) rule["contains"] = std::move(sets);
  JsonObject by;
  if (!request.subject.user.empty()) by["username"] = request.subject.user;
  if (!request.subject.groups.empty()) by["group"] = one_or_list(request.subject.groups);
  if (!request.subject.urn.empty()) by["urn"] = request.subject.urn;
  const JsonObject context =
      request.project.empty() ? JsonObject{{"application", "rundeck"}} : JsonObject{{"project", request.project}};
  return codec::write_yaml(JsonObject{{"for", JsonObject{{request.resource.type, JsonArray{std::move(rule)}}}},
                                      {"description", "generated"},
                                      {"context", context},
                                      {"by", std::move(by)}});
}

}  // namespace qd::acl
