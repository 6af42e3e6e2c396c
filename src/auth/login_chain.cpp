#include "auth/login_chain.hpp"

#include <algorithm>

namespace qd::auth {
namespace {

// The first module that knows a thing is right about it.
void merge(LoginFacts& facts, const LoginFacts& more) {
  add_roles(facts.roles, more.roles);
  const auto fill = [](std::string& mine, const std::string& other) {
    if (mine.empty()) mine = other;
  };
  fill(facts.user, more.user);
  fill(facts.first_name, more.first_name);
  fill(facts.last_name, more.last_name);
  fill(facts.email, more.email);
}

}  // namespace

void add_roles(std::vector<std::string>& roles, const std::vector<std::string>& more) {
  for (const std::string& role : more) {
    if (!role.empty() && std::ranges::find(roles, role) == roles.end()) roles.push_back(role);
  }
}

LoginOutcome LoginChain::log_in(const Credentials& credentials, SharedLogin& shared) {
  LoginOutcome whole;
  bool succeeded = false;
  bool must_fail = false;
  for (const auto& [flag, module] : modules_) {
    const LoginOutcome one = module->log_in(credentials, shared);
    if (one.kind == LoginOutcome::Kind::absent) continue;
    if (one.kind == LoginOutcome::Kind::good) {
      succeeded = true;
      merge(whole.facts, one.facts);
      if (flag == LoginFlag::sufficient && !must_fail) break;
      continue;
    }
    if (!whole.reason.empty()) whole.reason += "; ";
    whole.reason += module->name() + ": " + one.reason;
    if (one.kind == LoginOutcome::Kind::unavailable) whole.kind = LoginOutcome::Kind::unavailable;
    must_fail |= flag == LoginFlag::required || flag == LoginFlag::requisite;
    if (flag == LoginFlag::requisite) break;
  }
  if (!succeeded || must_fail) {
    whole.facts = {};
    return whole;
  }
  whole.kind = LoginOutcome::Kind::good;
  return whole;
}

}  // namespace qd::auth
