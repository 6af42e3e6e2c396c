#include "auth/local_user_module.hpp"

#include "auth/password.hpp"
#include "base/text.hpp"

namespace qd::auth {
namespace {

constexpr std::size_t longest_login = 190;

class LocalUserModule final : public LoginModule {
 public:
  explicit LocalUserModule(store::LocalUserStore& users) : users_(users) {}

  std::string name() const override { return "local users"; }

  LoginOutcome log_in(const Credentials& credentials, SharedLogin& shared) override {
    // The hash of a password that nobody has, for users who are not there.
    static const std::string nobody = make_bcrypt("nobody");
    const bool askable = !credentials.user.empty() && credentials.user.size() <= longest_login &&
                         credentials.user.find('\0') == std::string::npos && base::valid_utf8(credentials.user);
    const auto user = askable ? users_.find(credentials.user) : std::nullopt;
    const bool right = verify_password(user ? user->password : nobody, credentials.password);
    if (!user || !right || !user->enabled) return {LoginOutcome::Kind::bad, {}, "no such user, or another password"};
    LoginOutcome outcome{LoginOutcome::Kind::good, {}, ""};
    add_roles(outcome.facts.roles, user->roles);
    shared.stored = true;
    return outcome;
  }

 private:
  store::LocalUserStore& users_;
};

}  // namespace

std::unique_ptr<LoginModule> make_local_user_module(store::LocalUserStore& users) {
  return std::make_unique<LocalUserModule>(users);
}

}  // namespace qd::auth
