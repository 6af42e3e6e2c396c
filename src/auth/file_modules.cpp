#include "auth/file_modules.hpp"

#include "base/text.hpp"

namespace qd::auth {
namespace {

class FileModule final : public LoginModule {
 public:
  explicit FileModule(FileModuleConfig config) : config_(std::move(config)), realm_(config_.file) {}

  std::string name() const override { return config_.name; }

  LoginOutcome log_in(const Credentials& credentials, SharedLogin& shared) override {
    auto roles = realm_.verify(credentials.user, credentials.password);
    if (!roles) return {LoginOutcome::Kind::bad, {}, "no such user, or another password"};
    LoginOutcome outcome{LoginOutcome::Kind::good, {}, ""};
    if (config_.give_roles) {
      add_roles(outcome.facts.roles, *roles);
      if (config_.user_is_role) add_roles(outcome.facts.roles, {credentials.user});
    }
    shared.stored |= config_.store_pass;
    return outcome;
  }

 private:
  FileModuleConfig config_;
  Realm realm_;
};

class RoleFileModule final : public LoginModule {
 public:
  explicit RoleFileModule(RoleFileConfig config)
      : config_(std::move(config)), realm_(config_.file, Realm::Passwords::ignored) {}

  std::string name() const override { return config_.name; }

  LoginOutcome log_in(const Credentials& credentials, SharedLogin& shared) override {
    if (!shared.stored) return {LoginOutcome::Kind::absent, {}, ""};
    LoginOutcome outcome{LoginOutcome::Kind::good, {}, ""};
    const auto roles = realm_.roles(config_.any_case ? base::lower(credentials.user) : credentials.user);
    if (roles) add_roles(outcome.facts.roles, *roles);
    return outcome;
  }

 private:
  RoleFileConfig config_;
  Realm realm_;
};

}  // namespace

std::unique_ptr<LoginModule> make_file_module(FileModuleConfig config) {
  return std::make_unique<FileModule>(std::move(config));
}

std::unique_ptr<LoginModule> make_role_file_module(RoleFileConfig config) {
  return std::make_unique<RoleFileModule>(std::move(config));
}

}  // namespace qd::auth
