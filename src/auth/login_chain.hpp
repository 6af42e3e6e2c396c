// Several ways to log in, tried in order, with the flags of JAAS:
//
//   required    must succeed; the others are asked all the same
//   requisite   must succeed; when it does not, nobody else is asked
//   sufficient  when it succeeds (and no required one failed before), nobody else is asked
//   optional    need not succeed
//
// Without a required or requisite module, one of the others must succeed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace qd::auth {

enum class LoginFlag { required, requisite, sufficient, optional };

struct Credentials {
  std::string user;
  std::string password;
};

// Who somebody turned out to be.
struct LoginFacts {
  std::string user;                          // as the module spells him; "": as he was typed
  std::vector<std::string> roles;            // in order, without repeats
  std::string first_name, last_name, email;  // "": the module does not know
};

struct LoginOutcome {
  enum class Kind {
    good,
    bad,          // no such user, or another password
    absent,       // the module has no say (a look-up of roles after a login that nobody stored)
    unavailable,  // it could not be asked; counts as bad
  } kind = Kind::bad;
  LoginFacts facts{};
  std::string reason{};  // for the log of the server; never a secret
};

// What modules hand on to later ones.
struct SharedLogin {
  bool stored = false;  // an earlier module with storePass was successful
};

// Thread-safe. log_in() may take seconds: call it on a worker.
class LoginModule {
 public:
  virtual ~LoginModule() = default;
  virtual std::string name() const = 0;
  virtual LoginOutcome log_in(const Credentials& credentials, SharedLogin& shared) = 0;
};

struct ChainedModule {
  LoginFlag flag = LoginFlag::required;
  std::unique_ptr<LoginModule> module;
};

// Thread-safe.
class LoginChain : public LoginModule {
 public:
  LoginChain(std::string name, std::vector<ChainedModule> modules)
      : name_(std::move(name)), modules_(std::move(modules)) {}

  std::string name() const override { return name_; }
  // Good: roles of all modules that were successful. Otherwise the reasons of all that were not.
  LoginOutcome log_in(const Credentials& credentials, SharedLogin& shared) override;

 private:
  std::string name_;
  std::vector<ChainedModule> modules_;
};

// Appends what is not there yet.
void add_roles(std::vector<std::string>& roles, const std::vector<std::string>& more);

}  // namespace qd::auth
