// JAAS login configuration files, as javax.security.auth.login.Configuration reads them:
//
//   name { class.of.a.Module flag option="value" other=word; … };
//
// with // and /* */ comments, flags required, requisite, sufficient, optional, and ${name} in values. Lines that begin
// with # are comments too, though Java would refuse them.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/login_chain.hpp"
#include "base/result.hpp"

namespace qd::auth {

struct JaasModule {
  std::string class_name;  // as written: "com.dtolabs.rundeck.jetty.jaas.JettyCachingLdapLoginModule"
  LoginFlag flag = LoginFlag::required;
  std::map<std::string, std::string> options;
  int line = 0;  // 1-based, of the class

  // "JettyCachingLdapLoginModule"
  std::string short_name() const;
  bool truth(const std::string& option, bool fallback) const;  // "true" in any case; fallback when absent
  std::string text(const std::string& option, const std::string& fallback = {}) const;
};

using JaasModules = std::vector<JaasModule>;

// What ${name} stands for; nullopt: nothing is known of it.
using JaasExpand = std::function<std::optional<std::string>(const std::string& name)>;

// The modules of every name in the file. Errors start with "FILE:LINE: " and say what is expected there.
Result<std::map<std::string, JaasModules>> parse_jaas(std::string_view text, const std::string& file,
                                                      const JaasExpand& expand = {});

}  // namespace qd::auth
