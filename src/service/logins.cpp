#include "service/logins.hpp"

#include <algorithm>

#include "base/logging.hpp"
#include "model/duration.hpp"
#include "service/access.hpp"
#include "service/errors.hpp"

namespace qd::service {

std::optional<std::string> Logins::log_in(const std::string& user, const std::string& password) {
  const auto roles = realm_.verify(user, password);
  if (!roles) {
    base::log_warn("login", "refused for user \"" + user + "\"");
    return std::nullopt;
  }
  base::log_info("login", "user \"" + user + "\"");
  profiles_.logged_in(user, clock_.now());
  return sessions_.create(user, *roles);
}

Result<std::vector<store::Token>> Logins::tokens(const auth::Identity& who, const std::string& user) {
  if (user != who.user) {
    if (auto right = require(who, {"user", "admin", ""}, "Tokens of", user.empty() ? "all users" : user); !right)
      return fail(right.error());
  }
  return tokens_.list(user);
}

Result<store::Token> Logins::token(const auth::Identity& who, const std::string& id) {
  auto found = tokens_.find(id);
  if (!found || (found->user != who.user && !allowed(who, {"user", "admin", ""}))) return no_such("Token", id);
  return std::move(*found);
}

Result<auth::Tokens::Created> Logins::create_token(const auth::Identity& who, const TokenRequest& request) {
  auth::NewToken token;
  token.user = request.user.empty() ? who.user : request.user;
  token.creator = who.user;
  token.name = request.name;
  if (token.user != who.user) {
    if (auto right = require(who, {"user", "admin", ""}, "Token of", token.user); !right) return fail(right.error());
  }
  if (request.roles.empty()) {
    return fail(ErrorKind::invalid, "Invalid API Request: name the token's 'roles', as a list or separated by commas");
  }
  token.roles = request.roles;
  if (request.roles == std::vector<std::string>{"*"}) {
    if (token.user != who.user)
      return bad_parameter("roles", "*", "all roles can be given to oneself only; name the roles");
    token.roles = who.roles;
  }
  // Whoever is no administrator hands on only what he has.
  const bool is_admin = allowed(who, {"user", "admin", ""});
  for (const std::string& role : token.roles) {
    if (!is_admin && !who.has_role(role)) {
      return fail(ErrorKind::unauthorized, "Not authorized for action \"generate token\" with role " + role,
                  "unauthorized");
    }
  }
  if (!request.duration.empty()) {
    const auto life = model::parse_duration(request.duration);
    if (!life || life->count() <= 0)
      return bad_parameter("duration", request.duration, "write a number and a unit: 90s, 30m, 8h, 120d");
    if (life->count() > 0) token.life = *life;
  }
  if (limits_.token_max_life.count() > 0) {
    if (!token.life) token.life = limits_.token_max_life;
    if (*token.life > limits_.token_max_life) {
      return bad_parameter("duration", request.duration,
                           "it exceeds the maximum of " + std::to_string(limits_.token_max_life.count() / 1000) + "s");
    }
  }
  return tokens_.create(token);
}

Result<> Logins::remove_token(const auth::Identity& who, const std::string& id) {
  if (auto found = token(who, id); !found) return fail(found.error());
  if (!tokens_.remove(id)) return no_such("Token", id);
  return {};
}

Result<std::vector<store::Profile>> Logins::profiles(const auth::Identity& who) {
  if (auto right = require(who, {"user", "admin", ""}, "User", "list"); !right) return fail(right.error());
  return profiles_.list();
}

Result<store::Profile> Logins::profile(const auth::Identity& who, const std::string& login) {
  if (login != who.user) {
    if (auto right = require(who, {"user", "admin", ""}, "User", login); !right) return fail(right.error());
  }
  auto found = profiles_.find(login);
  if (!found && login == who.user) return store::Profile{login, "", "", "", 0, 0, std::nullopt};
  if (!found) return no_such("User", login);
  return std::move(*found);
}

Result<store::Profile> Logins::change_profile(const auth::Identity& who, const std::string& login,
                                              const ProfileChange& change) {
  auto current = profile(who, login);
  if (!current) return fail(current.error());
  if (change.first_name) current->first_name = *change.first_name;
  if (change.last_name) current->last_name = *change.last_name;
  if (change.email) current->email = *change.email;
  current->updated = clock_.now();
  if (current->created == 0) current->created = current->updated;
  profiles_.save(*current);
  return current;
}

}  // namespace qd::service
