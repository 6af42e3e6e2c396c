// One connection to an LDAP directory: the OpenLDAP client behind a plain interface. Every call blocks, for as long as
// the time limits say.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace qd::auth {

struct LdapServer {
  std::string url;  // ldap:// or ldaps://; several with blanks between them are tried in order
  bool start_tls = false;
  bool verify = true;             // the certificate, and the host's name in it
  std::filesystem::path ca_file;  // PEM; empty: the system's
  Millis connect_timeout{5'000}, read_timeout{10'000};
};

struct LdapEntry {
  std::string dn;
  std::map<std::string, std::vector<std::string>> attributes;  // names in lower case

  std::vector<std::string> values(std::string_view attribute) const;  // name in any case
  std::string first(std::string_view attribute) const;                // "" when it is not there
};

struct LdapSearch {
  std::string base;
  std::string filter;                   // RFC 4515; put values from outside through ldap_escape
  std::vector<std::string> attributes;  // those that are wanted
  int page_size = 100;                  // 0: all at once
  std::size_t most = 10'000;            // entries; more are an error
};

// Not thread-safe: one thread at a time.
class LdapDirectory {
 public:
  // Connects lazily: with the first bind.
  static Result<std::unique_ptr<LdapDirectory>> open(const LdapServer& server);
  ~LdapDirectory();
  LdapDirectory(const LdapDirectory&) = delete;
  LdapDirectory& operator=(const LdapDirectory&) = delete;

  // Simple bind; anonymous with an empty name. Errors: `unauthenticated` for a wrong name or password, `unavailable`
  // otherwise. An empty password with a name is refused here: directories take it for anonymous and say yes.
  Result<> bind(const std::string& dn, const std::string& password);
  // The whole subtree. An error is `unavailable`.
  Result<std::vector<LdapEntry>> search(const LdapSearch& search);

 private:
  struct Impl;
  explicit LdapDirectory(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// A value for a filter, with what has a meaning there escaped (RFC 4515).
std::string ldap_escape(std::string_view value);
// The DN in one spelling, for comparing; in lower case.
std::string ldap_normal_dn(const std::string& dn);

}  // namespace qd::auth
