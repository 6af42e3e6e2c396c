// API tokens.
#include "api/answers.hpp"
#include "api/route.hpp"
#include "base/text.hpp"

namespace qd::api {
namespace {

JsonObject token_json(const Call& call, const store::Token& token) {
  JsonObject object{{"user", token.user}, {"id", token.id}, {"creator", token.creator}};
  if (call.version >= 37) object["name"] = token.name;
  object["expiration"] = token.expires ? Json(iso8601(*token.expires)) : Json(nullptr);
  object["roles"] = JsonArray(token.roles.begin(), token.roles.end());
  object["expired"] = token.expires && *token.expires <= call.services.clock.now();
  return object;
}

http::Response list_tokens(Call& call) {
  const auto tokens = call.services.logins.tokens(call.who, call.param("user"));
  return answer(tokens, [&](const std::vector<store::Token>& found) {
    JsonArray list;
    for (const store::Token& token : found) list.push_back(token_json(call, token));
    return json_answer(list);
  });
}

http::Response get_token(Call& call) {
  const auto token = call.services.logins.token(call.who, call.param("id"));
  return answer(token, [&](const store::Token& found) { return json_answer(token_json(call, found)); });
}

http::Response create_token(Call& call) {
  const auto body = call.json_body();
  if (!body) return error_answer(body.error());
  service::TokenRequest request;
  request.user = call.param("user").empty() ? text_or(*body, "user") : call.param("user");
  if (request.user.empty()) request.user = call.query("user").value_or("");
  if (request.user.empty()) {
    return error_answer(
        Error{ErrorKind::invalid, "Invalid API Request: name the token's 'user' in the body or the path", ""});
  }
  request.duration = text_or(*body, "duration");
  request.name = text_or(*body, "name");
  if (const Json* roles = find(*body, "roles")) {
    if (const JsonArray* list = roles->if_array()) {
      for (const Json& role : *list) request.roles.push_back(scalar_text(role).value_or(""));
    } else {
      request.roles = base::split_trimmed(scalar_text(*roles).value_or(""), ',');
    }
  }
  if (request.roles.empty() && call.version < 19) request.roles = {"api_token_group"};
  const auto created = call.services.logins.create_token(call.who, request);
  return answer(created, [&](const auth::Tokens::Created& token) {
    JsonObject object = token_json(call, token.token);
    object["token"] = token.secret;
    return json_answer(object, 201);
  });
}

http::Response rotate_token(Call& call) {
  const auto renewed = call.services.logins.rotate_token(call.who, call.param("id"));
  return answer(renewed, [&](const auth::Tokens::Created& token) {
    JsonObject object = token_json(call, token.token);
    object["token"] = token.secret;
    return json_answer(object);
  });
}

http::Response delete_expired_tokens(Call& call) {
  const auto removed = call.services.logins.remove_expired_tokens(call.who, call.query("user").value_or(""));
  return answer(removed, [](std::int64_t count) { return json_answer(JsonObject{{"deleted", count}}); });
}

// The peer's way to ask for the same; "*" is everybody.
http::Response remove_expired_tokens(Call& call) {
  const std::string& user = call.param("user");
  const auto removed = call.services.logins.remove_expired_tokens(call.who, user == "*" ? "" : user);
  return answer(removed, [](std::int64_t count) {
    return json_answer(
        JsonObject{{"count", count}, {"message", "Removed " + std::to_string(count) + " expired tokens"}});
  });
}

http::Response delete_token(Call& call) {
  return answer(call.services.logins.remove_token(call.who, call.param("id")), no_content);
}

}  // namespace

const std::vector<Route>& token_routes() {
  static const std::vector<Route> kRoutes{
      {"GET", "tokens", 14, kLogin, list_tokens},
      {"GET", "tokens/{user}", 14, kLogin, list_tokens},
      {"POST", "tokens", 14, kLogin, create_token},
      {"POST", "tokens/{user}", 14, kLogin, create_token},
      {"GET", "token/{id}", 14, kLogin, get_token},
      {"DELETE", "token/{id}", 14, kLogin, delete_token},
      {"POST", "token/{id}/rotate", 14, kLogin, rotate_token},
      {"DELETE", "tokens/expired", 14, kLogin, delete_expired_tokens},
      {"POST", "tokens/{user}/removeExpired", 19, kLogin, remove_expired_tokens},
  };
  return kRoutes;
}

}  // namespace qd::api
