// Configuration that is kept in the database, and the member's restart, as the peer's Config Management has them.
#include "api/answers.hpp"
#include "api/route.hpp"
#include "base/text.hpp"
#include "service/errors.hpp"

namespace qd::api {
namespace {

// "default" or absent: all members; "server": the one that is asked.
Result<bool> own_strata(const std::string& strata) {
  if (strata.empty() || base::iequals(strata, "default")) return false;
  if (base::iequals(strata, "server")) return true;
  return service::bad_parameter("strata", strata, "it must be default or server");
}

JsonObject entry_json(const service::StoredConfigEntry& entry) {
  JsonObject object{{"name", entry.key}, {"value", entry.value}, {"level", entry.strata}, {"category", entry.category}};
  if (!entry.label.empty()) object["label"] = entry.label;
  return object;
}

http::Response list_stored(Call& call) {
  const auto found = call.services.stored_config.list(call.who);
  return answer(found, [](const std::vector<service::StoredConfigEntry>& entries) {
    JsonArray list;
    for (const service::StoredConfigEntry& entry : entries) list.push_back(entry_json(entry));
    return json_answer(list);
  });
}

http::Response get_stored(Call& call) {
  const auto key = call.query("key");
  if (!key) return error_answer(service::missing_parameter("key").value());
  const auto own = own_strata(call.query("strata").value_or(""));
  if (!own) return error_answer(own.error());
  const auto found = call.services.stored_config.find(call.who, *key, *own);
  return answer(found, [](const service::StoredConfigEntry& entry) {
    return json_answer(JsonObject{{"key", entry.key}, {"value", entry.value}, {"strata", entry.strata}});
  });
}

Result<service::StoredConfigChange> change_in(const Json& entry) {
  const auto wrong =
      fail(ErrorKind::invalid, "Invalid API Request: the body must be a list of {\"key\": \"…\", \"value\": \"…\"}",
           "api.error.invalid.request");
  if (!entry.is_object()) return wrong;
  const Json* value = find(entry.get_object(), "value");
  const auto text = value == nullptr ? std::nullopt : scalar_text(*value);
  if (!text) return wrong;
  const auto own = own_strata(text_or(entry.get_object(), "strata"));
  if (!own) return fail(own.error());
  return service::StoredConfigChange{text_or(entry.get_object(), "key"), *text, *own};
}

http::Response save_stored(Call& call) {
  auto body = call.json_value();
  if (!body) return error_answer(body.error());
  if (body->is_object()) body = Json(JsonArray{*body});
  std::vector<service::StoredConfigChange> changes;
  if (body->is_array()) {
    for (const Json& entry : body->get_array()) {
      auto change = change_in(entry);
      if (!change) return error_answer(change.error());
      changes.push_back(std::move(*change));
    }
  }
  const auto saved = call.services.stored_config.save(call.who, changes);
  return answer(saved, [](const service::StoredConfigSaved& done) {
    return json_answer(JsonObject{{"msg", "Saved"},
                                  {"restart", true},
                                  {"created", JsonArray(done.created.begin(), done.created.end())},
                                  {"updated", JsonArray(done.updated.begin(), done.updated.end())}});
  });
}

http::Response delete_stored(Call& call) {
  const auto body = call.json_body();
  if (!body) return error_answer(body.error());
  const std::string key = text_or(*body, "key", call.query("key").value_or(""));
  if (key.empty()) return error_answer(service::missing_parameter("key").value());
  const auto own = own_strata(text_or(*body, "strata", call.query("strata").value_or("")));
  if (!own) return error_answer(own.error());
  return answer(call.services.stored_config.remove(call.who, key, *own), no_content);
}

http::Response restart_member(Call& call) {
  if (!call.services.restart) {
    return error_answer(Error{ErrorKind::unavailable, "This server cannot restart itself. Restart it by hand.", ""});
  }
  call.services.restart(call.who.user);
  return json_answer(JsonObject{{"msg", "Rundeck Restarting"}, {"restarting", true}});
}

}  // namespace

const std::vector<Route>& config_routes() {
  static const std::vector<Route> kRoutes{
      {"GET", "config/list", 36, {"system", "admin"}, list_stored},
      {"GET", "config/get", 36, {"system", "admin"}, get_stored},
      {"POST", "config/save", 36, {"system", "admin"}, save_stored},
      {"DELETE", "config/delete", 36, {"system", "admin"}, delete_stored},
      {"POST", "config/delete", 36, {"system", "admin"}, delete_stored},
      {"POST", "config/restart", 36, {"system", "admin"}, restart_member},
  };
  return kRoutes;
}

}  // namespace qd::api
