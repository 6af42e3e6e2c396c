#include "service/local_users.hpp"

#include <algorithm>

#include "auth/password.hpp"
#include "base/text.hpp"
#include "service/access.hpp"
#include "service/errors.hpp"

namespace qd::service {
namespace {

constexpr std::size_t kLongestLogin = 100;
constexpr std::size_t kLongestBcrypt = 72;

Result<> may_administer(const auth::Identity& who, const std::string& login) {
  return require(who, {"user", "admin", ""}, "User", login);
}

bool plain_text(const std::string& text) {
  return base::valid_utf8(text) && std::ranges::none_of(text, [](unsigned char c) { return c < ' ' || c == 127; });
}

}  // namespace

Result<> LocalUsers::apply(store::LocalUser& user, const LocalUserChange& given) const {
  if (given.password) {
    const std::string& password = *given.password;
    if (password.size() < shortest_password_ || password.size() > kLongestBcrypt ||
        password.find('\0') != std::string::npos) {
      return fail(ErrorKind::invalid, "The password must have " + std::to_string(shortest_password_) + " to " +
                                          std::to_string(kLongestBcrypt) + " bytes.");
    }
    user.password = auth::make_bcrypt(password);
  }
  if (given.roles) {
    for (const std::string& role : *given.roles) {
      if (role.empty() || role.size() > kLongestLogin || !plain_text(role))
        return bad_parameter("roles", base::repair_utf8(role.substr(0, 20)), "it is empty, too long, or no text");
    }
    user.roles = *given.roles;
  }
  if (given.enabled) user.enabled = *given.enabled;
  user.updated = clock_.now();
  return {};
}

Result<std::vector<store::LocalUser>> LocalUsers::list(const auth::Identity& who) {
  if (auto right = may_administer(who, "list"); !right) return fail(right.error());
  return users_.list();
}

Result<store::LocalUser> LocalUsers::find(const auth::Identity& who, const std::string& login) {
  if (auto right = may_administer(who, login); !right) return fail(right.error());
  auto user = users_.find(login);
  if (!user) return no_such("Local user", login);
  return std::move(*user);
}

Result<store::LocalUser> LocalUsers::create(const auth::Identity& who, const std::string& login,
                                            const LocalUserChange& given) {
  if (auto right = may_administer(who, login); !right) return fail(right.error());
  if (login.empty() || login.size() > kLongestLogin || !plain_text(login) || base::trim(login) != login)
    return bad_parameter("login", base::repair_utf8(login.substr(0, 20)), "write 1 to 100 bytes of text");
  if (!given.password) return fail(ErrorKind::invalid, "Invalid API Request: the new user needs a 'password'");
  store::LocalUser user;
  user.login = login;
  user.created = clock_.now();
  if (auto applied = apply(user, given); !applied) return fail(applied.error());
  if (!users_.create(user))
    return fail(ErrorKind::conflict, "There is a local user " + login + " already", "api.error.item.alreadyexists");
  audit_.record(who, {audit::kCreate, audit::kUser, login, "", "local user"});
  return user;
}

Result<store::LocalUser> LocalUsers::change(const auth::Identity& who, const std::string& login,
                                            const LocalUserChange& given) {
  auto user = find(who, login);
  if (!user) return user;
  const store::LocalUser before = *user;
  if (auto applied = apply(*user, given); !applied) return fail(applied.error());
  if (!users_.update(*user)) return no_such("Local user", login);
  const bool matters = given.password || user->roles != before.roles || !user->enabled;
  if (matters) sessions_.remove_of_user(login);
  audit_.record(who, {audit::kUpdate, audit::kUser, login, "", given.password ? "local user, password" : "local user"});
  return user;
}

Result<> LocalUsers::remove(const auth::Identity& who, const std::string& login) {
  if (auto right = may_administer(who, login); !right) return fail(right.error());
  if (!users_.remove(login)) return no_such("Local user", login);
  sessions_.remove_of_user(login);
  audit_.record(who, {audit::kDelete, audit::kUser, login, "", "local user"});
  if (removed_) removed_(who, login);
  return {};
}

}  // namespace qd::service
