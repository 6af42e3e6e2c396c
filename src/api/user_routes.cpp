// Users' profiles and roles.
#include "api/answers.hpp"
#include "api/route.hpp"

namespace qd::api {
namespace {

JsonObject profile_json(const store::Profile& profile) {
  return {{"login", profile.login},
          {"firstName", profile.first_name},
          {"lastName", profile.last_name},
          {"email", profile.email}};
}

JsonObject listed_profile_json(const Call& call, const store::Profile& profile) {
  JsonObject object = profile_json(profile);
  object["created"] = iso8601(profile.created);
  object["updated"] = iso8601(profile.updated);
  object["lastJob"] = nullptr;
  store::ExecutionQuery last;
  last.user = profile.login;
  last.max = 1;
  if (const auto page = call.services.executions.query(call.who, last); page && !page->executions.empty()) {
    if (const auto started = page->executions.front().started) object["lastJob"] = iso8601(*started);
  }
  const auto tokens = call.services.logins.tokens(call.who, profile.login);
  object["tokens"] = tokens ? tokens->size() : 0;
  return object;
}

http::Response list_users(Call& call) {
  const auto profiles = call.services.logins.profiles(call.who);
  return answer(profiles, [&](const std::vector<store::Profile>& found) {
    JsonArray list;
    for (const store::Profile& profile : found) list.push_back(listed_profile_json(call, profile));
    return json_answer(list);
  });
}

std::string login_of(const Call& call) {
  return call.param("login").empty() ? call.who.user : call.param("login");
}

http::Response get_profile(Call& call) {
  const auto profile = call.services.logins.profile(call.who, login_of(call));
  return answer(profile, [](const store::Profile& found) { return json_answer(profile_json(found)); });
}

http::Response change_profile(Call& call) {
  const auto body = call.json_body();
  if (!body) return error_answer(body.error());
  service::Logins::ProfileChange change;
  const auto given = [&](const char* key) -> std::optional<std::string> {
    if (!find(*body, key)) return std::nullopt;
    return text_or(*body, key);
  };
  change.first_name = given("firstName");
  change.last_name = given("lastName");
  change.email = given("email");
  const auto profile = call.services.logins.change_profile(call.who, login_of(call), change);
  return answer(profile, [](const store::Profile& found) { return json_answer(profile_json(found)); });
}

http::Response own_roles(Call& call) {
  return json_answer(JsonObject{{"roles", JsonArray(call.who.roles.begin(), call.who.roles.end())}});
}

}  // namespace

const std::vector<Route>& user_routes() {
  static const std::vector<Route> kRoutes{
      {"GET", "user/list", 21, {"user", "admin"}, list_users},   {"GET", "user/info", 21, kLogin, get_profile},
      {"POST", "user/info", 21, kLogin, change_profile},         {"GET", "user/info/{login}", 21, kLogin, get_profile},
      {"POST", "user/info/{login}", 21, kLogin, change_profile}, {"GET", "user/roles", 30, kLogin, own_roles},
  };
  return kRoutes;
}

}  // namespace qd::api
