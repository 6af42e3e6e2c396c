// Users whose passwords are in the database.
#include "api/answers.hpp"
#include "api/route.hpp"
#include "base/text.hpp"

namespace qd::api {
namespace {

JsonObject local_user_json(const store::LocalUser& user) {
  return {{"login", user.login},
          {"roles", JsonArray(user.roles.begin(), user.roles.end())},
          {"enabled", user.enabled},
          {"created", iso8601(user.created)},
          {"updated", iso8601(user.updated)}};
}

Result<service::LocalUserChange> change_of(const JsonObject& body) {
  service::LocalUserChange change;
  if (find(body, "password") != nullptr) change.password = text_or(body, "password");
  if (find(body, "enabled") != nullptr) change.enabled = truth_or(body, "enabled", true);
  if (const Json* roles = find(body, "roles")) {
    change.roles.emplace();
    if (const JsonArray* list = roles->if_array()) {
      for (const Json& role : *list) change.roles->push_back(scalar_text(role).value_or(""));
    } else {
      *change.roles = base::split_trimmed(scalar_text(*roles).value_or(""), ',');
    }
  }
  return change;
}

http::Response list_local_users(Call& call) {
  return answer(call.services.local_users.list(call.who), [](const std::vector<store::LocalUser>& users) {
    JsonArray list;
    for (const auto& user : users) list.push_back(local_user_json(user));
    return json_answer(list);
  });
}

http::Response get_local_user(Call& call) {
  return answer(call.services.local_users.find(call.who, call.param("login")),
                [](const store::LocalUser& user) { return json_answer(local_user_json(user)); });
}

http::Response create_local_user(Call& call) {
  const auto body = call.json_body();
  if (!body) return error_answer(body.error());
  const auto change = change_of(*body);
  if (!change) return error_answer(change.error());
  return answer(call.services.local_users.create(call.who, text_or(*body, "login"), *change),
                [](const store::LocalUser& user) { return json_answer(local_user_json(user), 201); });
}

http::Response change_local_user(Call& call) {
  const auto body = call.json_body();
  if (!body) return error_answer(body.error());
  const auto change = change_of(*body);
  if (!change) return error_answer(change.error());
  return answer(call.services.local_users.change(call.who, call.param("login"), *change),
                [](const store::LocalUser& user) { return json_answer(local_user_json(user)); });
}

http::Response delete_local_user(Call& call) {
  return answer(call.services.local_users.remove(call.who, call.param("login")), no_content);
}

}  // namespace

const std::vector<Route>& local_user_routes() {
  static const std::vector<Route> kRoutes{
      {"GET", "user/local", 14, {"user", "admin"}, list_local_users},
      {"POST", "user/local", 14, {"user", "admin"}, create_local_user},
      {"GET", "user/local/{login}", 14, {"user", "admin"}, get_local_user},
      {"POST", "user/local/{login}", 14, {"user", "admin"}, change_local_user},
      {"DELETE", "user/local/{login}", 14, {"user", "admin"}, delete_local_user},
  };
  return kRoutes;
}

}  // namespace qd::api
