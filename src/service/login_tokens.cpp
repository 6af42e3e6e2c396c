// Logins: API tokens and profiles.
#include <algorithm>
#include <iterator>

#include "base/text.hpp"
#include "model/duration.hpp"
#include "service/access.hpp"
#include "service/errors.hpp"
#include "service/logins.hpp"

namespace qd::service {
namespace {

constexpr std::size_t kLongestTokenText = 190;  // of names, users and roles
constexpr std::size_t kMostTokenRoles = 200;

Result<> check_texts(const auth::NewToken& token) {
  const auto fits = [](const std::string& text) {
    return text.size() <= kLongestTokenText && base::valid_utf8(text) && text.find('\0') == std::string::npos;
  };
  if (!fits(token.user)) return bad_parameter("user", token.user.substr(0, 20), "it is too long, or no text");
  if (!fits(token.name)) return bad_parameter("name", token.name.substr(0, 20), "it is too long, or no text");
  if (token.roles.size() > kMostTokenRoles || !std::ranges::all_of(token.roles, fits))
    return bad_parameter("roles", std::to_string(token.roles.size()) + " roles",
                         "there are too many, or one is too long");
  return {};
}

Result<> check_profile(const Logins::ProfileChange& change) {
  const auto fits = [](const std::optional<std::string>& text) {
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20; };
    return !text || (text->size() <= kLongestTokenText && base::valid_utf8(*text) &&
                     std::none_of(text->begin(), text->end(), control));
  };
  const std::string why = "it is too long, or no text of one line";
  if (!fits(change.first_name))
    return bad_parameter("firstName", base::repair_utf8(change.first_name->substr(0, 20)), why);
  if (!fits(change.last_name))
    return bad_parameter("lastName", base::repair_utf8(change.last_name->substr(0, 20)), why);
  if (!fits(change.email)) return bad_parameter("email", base::repair_utf8(change.email->substr(0, 20)), why);
  return {};
}

// May he give anybody any token?
bool is_token_admin(const auth::Identity& who) {
  return allowed(who, {"apitoken", "admin", ""}) || allowed(who, {"user", "admin", ""});
}

tl::unexpected<Error> no_token(const std::string& what) {
  return fail(ErrorKind::unauthorized, "Not authorized for action \"generate token\"" + what, "unauthorized");
}

// User tokens are one's own, with roles that one has; service tokens have another name or more roles, as far as a rule
// of type `apitoken` says so.
Result<> may_make(const auth::Identity& who, const std::string& user, const std::vector<std::string>& roles) {
  if (is_token_admin(who)) return {};
  const bool service = allowed(who, {"apitoken", "generate_service_token", ""});
  if (!service && !allowed(who, {"apitoken", "generate_user_token", ""})) return no_token("");
  std::vector<std::string> more;
  std::copy_if(roles.begin(), roles.end(), std::back_inserter(more),
               [&](const std::string& role) { return !who.has_role(role); });
  if (more.empty() && user == who.user) return {};
  const Decision decision{"apitoken", "create", "", {{"username", user}, {"roles", more}}};
  if (service && allowed(who, decision)) return {};
  if (user != who.user) return no_token(" for user " + user);
  return no_token(" with role " + more.front());
}

}  // namespace

Result<> Logins::may_make_token(const auth::Identity& who, const std::string& user,
                                const std::vector<std::string>& roles) const {
  return may_make(who, user, roles);
}

Result<std::vector<store::Token>> Logins::tokens(const auth::Identity& who, const std::string& user) {
  if (user != who.user && !is_token_admin(who))
    return unauthorized("admin", "Tokens of", user.empty() ? "all users" : user);
  return tokens_.list(user);
}

Result<store::Token> Logins::token(const auth::Identity& who, const std::string& id) {
  auto found = tokens_.find(id);
  if (!found || (found->user != who.user && !is_token_admin(who))) return no_such("Token", id);
  return std::move(*found);
}

Result<std::optional<Millis>> Logins::token_life(const std::string& duration) const {
  const std::int64_t most = rules_.token_max_life.count();
  if (duration.empty() || base::trim(duration) == "0") {
    if (most == 0) return std::optional<Millis>();
    return std::optional(rules_.token_max_life);
  }
  const auto life = model::parse_duration(duration);
  if (!life || life->count() <= 0)
    return bad_parameter("duration", duration, "write a number and a unit: 90s, 30m, 8h, 120d");
  if (most > 0 && life->count() > most)
    return bad_parameter("duration", duration, "it exceeds the maximum of " + std::to_string(most / 1000) + "s");
  return std::optional<Millis>(*life);
}

Result<auth::Tokens::Created> Logins::create_token(const auth::Identity& who, const TokenRequest& request) {
  auth::NewToken token;
  token.user = request.user.empty() ? who.user : request.user;
  token.creator = who.user;
  token.name = request.name;
  if (request.roles.empty()) {
    return fail(ErrorKind::invalid, "Invalid API Request: name the token's 'roles', as a list or separated by commas");
  }
  token.roles = request.roles;
  if (request.roles == std::vector<std::string>{"*"}) {
    if (token.user != who.user)
      return bad_parameter("roles", "*", "all roles can be given to oneself only; name the roles");
    token.roles = who.roles;
  }
  if (auto fit = check_texts(token); !fit) return fail(fit.error());
  if (auto may = may_make(who, token.user, token.roles); !may) return fail(may.error());
  const auto life = token_life(request.duration);
  if (!life) return fail(life.error());
  token.life = *life;
  if (rules_.expired_tokens_kept.count() > 0)
    tokens_.remove_expired(clock_.now() - rules_.expired_tokens_kept.count(), "");
  auto created = tokens_.create(token);
  // Whoever has a token is a user that can be listed, and whose profile can be changed.
  if (const UnixMillis now = clock_.now(); !profiles_.find(token.user))
    profiles_.save({.login = token.user, .created = now, .updated = now});
  audit_.record(who, {audit::kCreate, audit::kToken, created.token.id, "", "of " + token.user});
  return created;
}

Result<auth::Tokens::Created> Logins::rotate_token(const auth::Identity& who, const std::string& id) {
  const auto found = token(who, id);
  if (!found) return fail(found.error());
  // A new life is as good as a new token.
  if (auto may = may_make(who, found->user, found->roles); !may) return fail(may.error());
  std::optional<Millis> life;
  if (found->expires) life = Millis(*found->expires - found->created);
  const std::int64_t most = rules_.token_max_life.count();
  if (most > 0 && (!life || life->count() > most)) life = rules_.token_max_life;
  auto renewed = tokens_.rotate(*found, life);
  if (!renewed) return no_such("Token", id);
  audit_.record(who, {audit::kUpdate, audit::kToken, found->id, "", "a new secret, of " + found->user});
  return std::move(*renewed);
}

Result<> Logins::remove_token(const auth::Identity& who, const std::string& id) {
  const auto found = token(who, id);
  if (!found) return fail(found.error());
  if (!tokens_.remove(found->id)) return no_such("Token", id);
  audit_.record(who, {audit::kDelete, audit::kToken, found->id, "", "of " + found->user});
  return {};
}

Result<std::int64_t> Logins::remove_expired_tokens(const auth::Identity& who, const std::string& user) {
  if (user != who.user && !is_token_admin(who))
    return unauthorized("admin", "Tokens of", user.empty() ? "all users" : user);
  const std::int64_t removed = tokens_.remove_expired(clock_.now(), user);
  audit_.record(who,
                {audit::kDelete, audit::kToken, user.empty() ? "*" : user, "", std::to_string(removed) + " expired"});
  return removed;
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
  if (auto fit = check_profile(change); !fit) return fail(fit.error());
  if (change.first_name) current->first_name = *change.first_name;
  if (change.last_name) current->last_name = *change.last_name;
  if (change.email) current->email = *change.email;
  current->updated = clock_.now();
  if (current->created == 0) current->created = current->updated;
  profiles_.save(*current);
  audit_.record(who, {audit::kUpdate, audit::kUser, login, "", "profile"});
  return current;
}

}  // namespace qd::service
