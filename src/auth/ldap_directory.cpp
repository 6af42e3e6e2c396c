#include "auth/ldap_directory.hpp"

#include <array>
#include <ldap.h>

#include "base/text.hpp"

namespace qd::auth {
namespace {

timeval timeval_of(Millis time) {
  return {static_cast<time_t>(time.count() / 1000), static_cast<suseconds_t>(time.count() % 1000 * 1000)};
}

// The time of one answer ends waits; 0 in the peer's files means no limit, which we do not have.
timeval limited(Millis time) {
  return timeval_of(time.count() > 0 ? time : Millis(30'000));
}

struct MessageFree {
  void operator()(LDAPMessage* message) const { ldap_msgfree(message); }
};
using MessagePtr = std::unique_ptr<LDAPMessage, MessageFree>;

struct ControlFree {
  void operator()(LDAPControl* control) const { ldap_control_free(control); }
};
using ControlPtr = std::unique_ptr<LDAPControl, ControlFree>;

LdapEntry read_entry(LDAP* handle, LDAPMessage* message) {
  LdapEntry entry;
  if (char* dn = ldap_get_dn(handle, message)) {
    entry.dn = dn;
    ldap_memfree(dn);
  }
  BerElement* cursor = nullptr;
  for (char* name = ldap_first_attribute(handle, message, &cursor); name != nullptr;
       name = ldap_next_attribute(handle, message, cursor)) {
    auto& values = entry.attributes[base::lower(name)];
    if (berval** found = ldap_get_values_len(handle, message, name)) {
      for (berval** value = found; *value != nullptr; ++value) values.emplace_back((*value)->bv_val, (*value)->bv_len);
      ldap_value_free_len(found);
    }
    ldap_memfree(name);
  }
  if (cursor != nullptr) ber_free(cursor, 0);
  return entry;
}

}  // namespace

struct LdapDirectory::Impl {
  LDAP* handle = nullptr;
  LdapServer server;
  bool tls_started = false;

  ~Impl() {
    if (handle != nullptr) ldap_unbind_ext(handle, nullptr, nullptr);
  }

  tl::unexpected<Error> failure(const std::string& what, int code) {
    std::string message = server.url + ": " + what + ": " + ldap_err2string(code);
    char* detail = nullptr;
    if (ldap_get_option(handle, LDAP_OPT_DIAGNOSTIC_MESSAGE, &detail) == LDAP_OPT_SUCCESS && detail != nullptr) {
      if (*detail != '\0') message += std::string(" (") + detail + ")";
      ldap_memfree(detail);
    }
    const bool refused = code == LDAP_INVALID_CREDENTIALS || code == LDAP_NO_SUCH_OBJECT ||
                         code == LDAP_INAPPROPRIATE_AUTH || code == LDAP_INVALID_DN_SYNTAX;
    return fail(refused ? ErrorKind::unauthenticated : ErrorKind::unavailable, message);
  }

  int set_options() {
    const int version = LDAP_VERSION3;
    const timeval connect = limited(server.connect_timeout);
    const timeval read = limited(server.read_timeout);
    int code = ldap_set_option(handle, LDAP_OPT_PROTOCOL_VERSION, &version);
    if (code == 0) code = ldap_set_option(handle, LDAP_OPT_NETWORK_TIMEOUT, &connect);
    if (code == 0) code = ldap_set_option(handle, LDAP_OPT_TIMEOUT, &read);
    // Following a referral would send the password to wherever the directory says.
    if (code == 0) code = ldap_set_option(handle, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
    if (code == 0) code = ldap_set_option(handle, LDAP_OPT_RESTART, LDAP_OPT_ON);
    const int demand = server.verify ? LDAP_OPT_X_TLS_HARD : LDAP_OPT_X_TLS_NEVER;
    if (code == 0) code = ldap_set_option(handle, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand);
    if (code == 0 && !server.ca_file.empty())
      code = ldap_set_option(handle, LDAP_OPT_X_TLS_CACERTFILE, server.ca_file.c_str());
    // Only now do the settings of TLS count for this connection.
    const int as_client = 0;
    if (code == 0) code = ldap_set_option(handle, LDAP_OPT_X_TLS_NEWCTX, &as_client);
    return code;
  }
};

LdapDirectory::LdapDirectory(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LdapDirectory::~LdapDirectory() = default;

Result<std::unique_ptr<LdapDirectory>> LdapDirectory::open(const LdapServer& server) {
  auto impl = std::make_unique<Impl>();
  impl->server = server;
  if (const int code = ldap_initialize(&impl->handle, server.url.c_str()); code != LDAP_SUCCESS) {
    return fail(ErrorKind::invalid, server.url + ": is no URL of a directory: " + ldap_err2string(code));
  }
  if (const int code = impl->set_options(); code != LDAP_OPT_SUCCESS) {
    return fail(ErrorKind::unavailable, server.url + ": the settings of TLS cannot be used" +
                                            (server.ca_file.empty() ? "" : "; look at " + server.ca_file.string()));
  }
  return std::unique_ptr<LdapDirectory>(new LdapDirectory(std::move(impl)));
}

Result<> LdapDirectory::bind(const std::string& dn, const std::string& password) {
  if (!dn.empty() && password.empty())
    return fail(ErrorKind::unauthenticated, impl_->server.url + ": a bind without a password is not tried");
  if (impl_->server.start_tls && !impl_->tls_started) {
    if (const int code = ldap_start_tls_s(impl_->handle, nullptr, nullptr); code != LDAP_SUCCESS)
      return impl_->failure("StartTLS", code);
    impl_->tls_started = true;
  }
  berval secret{password.size(), const_cast<char*>(password.data())};
  const int code = ldap_sasl_bind_s(impl_->handle, dn.empty() ? nullptr : dn.c_str(), LDAP_SASL_SIMPLE, &secret,
                                    nullptr, nullptr, nullptr);
  if (code != LDAP_SUCCESS) return impl_->failure(dn.empty() ? "anonymous bind" : "bind as " + dn, code);
  return {};
}

Result<std::vector<LdapEntry>> LdapDirectory::search(const LdapSearch& search) {
  std::vector<std::string> names = search.attributes;
  std::vector<char*> wanted;
  for (auto& name : names) wanted.push_back(name.data());
  wanted.push_back(nullptr);

  std::vector<LdapEntry> entries;
  berval cookie{0, nullptr};
  std::string cookie_bytes;
  for (;;) {
    ControlPtr page;
    std::array<LDAPControl*, 2> controls{nullptr, nullptr};
    if (search.page_size > 0) {
      LDAPControl* made = nullptr;
      ldap_create_page_control(impl_->handle, search.page_size, &cookie, 0, &made);
      page.reset(made);
      controls[0] = made;
    }
    timeval limit = limited(impl_->server.read_timeout);
    LDAPMessage* raw = nullptr;
    const int code = ldap_search_ext_s(impl_->handle, search.base.c_str(), LDAP_SCOPE_SUBTREE, search.filter.c_str(),
                                       wanted.data(), 0, controls.data(), nullptr, &limit, LDAP_NO_LIMIT, &raw);
    const MessagePtr result(raw);
    if (code == LDAP_NO_SUCH_OBJECT) return entries;
    if (code != LDAP_SUCCESS) {
      auto failed = impl_->failure("search below " + search.base, code);
      return fail(ErrorKind::unavailable, failed.value().message);
    }
    for (LDAPMessage* message = ldap_first_entry(impl_->handle, result.get()); message != nullptr;
         message = ldap_next_entry(impl_->handle, message)) {
      entries.push_back(read_entry(impl_->handle, message));
    }
    if (entries.size() > search.most) {
      return fail(ErrorKind::unavailable, impl_->server.url + ": more than " + std::to_string(search.most) +
                                              " entries match " + search.filter + " below " + search.base);
    }
    LDAPControl** answered = nullptr;
    int verdict = 0;
    ldap_parse_result(impl_->handle, result.get(), &verdict, nullptr, nullptr, nullptr, &answered, 0);
    cookie_bytes.clear();
    if (LDAPControl* more = ldap_control_find(LDAP_CONTROL_PAGEDRESULTS, answered, nullptr)) {
      ber_int_t total = 0;
      berval next{0, nullptr};
      if (ldap_parse_pageresponse_control(impl_->handle, more, &total, &next) == LDAP_SUCCESS &&
          next.bv_val != nullptr) {
        cookie_bytes.assign(next.bv_val, next.bv_len);
        ber_memfree(next.bv_val);
      }
    }
    if (answered != nullptr) ldap_controls_free(answered);
    if (cookie_bytes.empty()) return entries;
    cookie = {cookie_bytes.size(), cookie_bytes.data()};
  }
}

std::vector<std::string> LdapEntry::values(std::string_view attribute) const {
  const auto found = attributes.find(base::lower(attribute));
  return found == attributes.end() ? std::vector<std::string>{} : found->second;
}

std::string LdapEntry::first(std::string_view attribute) const {
  const auto all = values(attribute);
  return all.empty() ? std::string() : all.front();
}

std::string ldap_escape(std::string_view value) {
  std::string text;
  for (const char letter : value) {
    if (std::string_view("\\*()\0", 5).find(letter) == std::string_view::npos) {
      text += letter;
    } else {
      text += "\\" + base::hex(std::string_view(&letter, 1));
    }
  }
  return text;
}

std::string ldap_normal_dn(const std::string& dn) {
  LDAPDN parts = nullptr;
  if (ldap_str2dn(dn.c_str(), &parts, LDAP_DN_FORMAT_LDAPV3) != LDAP_SUCCESS || parts == nullptr)
    return base::lower(dn);
  char* text = nullptr;
  std::string normal = dn;
  if (ldap_dn2str(parts, &text, LDAP_DN_FORMAT_LDAPV3) == LDAP_SUCCESS && text != nullptr) {
    normal = text;
    ldap_memfree(text);
  }
  ldap_dnfree(parts);
  return base::lower(normal);
}

}  // namespace qd::auth
