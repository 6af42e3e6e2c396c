#include "auth/jaas_modules.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>

#include "auth/file_modules.hpp"
#include "auth/ldap_module.hpp"
#include "auth/pam_module.hpp"
#include "base/text.hpp"

namespace qd::auth {
namespace {

constexpr std::uintmax_t largest_jaas_file = 1 << 20;
constexpr std::int64_t longest_millis = 365LL * 86'400'000;

// Reads the options of one module, and notes which were asked for: any other is a mistake.
class OptionReader {
 public:
  OptionReader(const JaasModule& module, const std::string& file) : module_(module), file_(file) {
    for (const char* shared : {"debug", "useFirstPass", "tryFirstPass", "clearPass"}) flag(shared, false);
  }

  std::string text(const char* option, const std::string& fallback = {}) {
    known_.insert(option);
    return module_.text(option, fallback);
  }
  std::string needed(const char* option) {
    auto value = text(option);
    if (value.empty()) complain(std::string("needs the option ") + option);
    return value;
  }
  bool flag(const char* option, bool fallback) {
    const std::string value = text(option, fallback ? "true" : "false");
    const auto parsed = base::parse_bool(base::trim(value));
    if (!parsed) complain(std::string(option) + "=\"" + value + "\": expected true or false");
    return parsed.value_or(fallback);
  }
  std::int64_t number(const char* option, std::int64_t fallback, std::int64_t most) {
    const std::string value = text(option);
    if (value.empty()) return fallback;
    const auto parsed = base::parse_int(base::trim(value));
    if (!parsed || *parsed < 0 || *parsed > most)
      complain(std::string(option) + "=\"" + value + "\": expected a number from 0 to " + std::to_string(most));
    return parsed.value_or(fallback);
  }
  std::vector<std::string> list(const char* option) { return base::split_trimmed(text(option), ','); }
  void ignore(std::initializer_list<const char*> options) { known_.insert(options.begin(), options.end()); }
  void complain(const std::string& what) {
    if (!problem_) {
      problem_ = Error{ErrorKind::invalid,
                       file_ + ":" + std::to_string(module_.line) + ": " + module_.short_name() + ": " + what, ""};
    }
  }
  // The first thing that is wrong; also an option that nobody asked for.
  std::optional<Error> problem() {
    for (const auto& [option, value] : module_.options) {
      if (!known_.contains(option))
        complain("there is no option " + option + "; expected one of " +
                 base::join({known_.begin(), known_.end()}, ", "));
    }
    return problem_;
  }

 private:
  const JaasModule& module_;
  const std::string& file_;
  std::set<std::string> known_;
  std::optional<Error> problem_;
};

struct Making {
  const JaasFile& jaas;
  const JaasModule& module;
  OptionReader& options;
  const Clock& clock;
};

std::filesystem::path users_file(Making& making) {
  making.options.ignore({"hotReload", "refreshInterval"});
  const std::string file = making.options.text("file");
  return file.empty() ? making.jaas.realm_file : std::filesystem::path(file);
}

std::unique_ptr<LoginModule> make_property_file(Making& making) {
  FileModuleConfig config;
  config.name = making.module.short_name();
  config.file = users_file(making);
  // Jetty's own module makes the name of a user a role of his.
  config.user_is_role = config.name == "PropertyFileLoginModule";
  config.give_roles = config.name != "JettyAuthPropertyFileLoginModule";
  config.store_pass = making.options.flag("storePass", false);
  return make_file_module(std::move(config));
}

std::unique_ptr<LoginModule> make_role_file(Making& making) {
  RoleFileConfig config;
  config.name = making.module.short_name();
  config.file = users_file(making);
  config.any_case = making.options.flag("caseInsensitive", true);
  making.options.flag("storePass", false);
  if (!making.module.truth("useFirstPass", false) && !making.module.truth("tryFirstPass", false))
    making.options.complain("needs useFirstPass=\"true\" or tryFirstPass=\"true\"");
  return make_role_file_module(std::move(config));
}

std::unique_ptr<LoginModule> make_pam(Making& making) {
  PamModuleConfig config;
  config.name = making.module.short_name();
  config.service = making.options.text("serviceName");
  if (config.service.empty()) config.service = making.options.needed("service");
  making.options.ignore({"service"});
  config.folder = making.options.text("configFolder");
  config.unix_groups = making.options.flag("useUnixGroups", false);
  config.supplemental_roles = making.options.list("supplementalRoles");
  config.store_pass = making.options.flag("storePass", false);
  return make_pam_module(std::move(config));
}

LdapServer ldap_server(OptionReader& options) {
  LdapServer server;
  server.url = options.text("providerUrl");
  const std::string host = options.text("hostname");
  const auto port = options.number("port", 389, 65'535);
  if (server.url.empty() && !host.empty()) server.url = "ldap://" + host + ":" + std::to_string(port);
  if (server.url.empty()) options.complain("needs the option providerUrl, as in ldap://directory.example.com:389");
  for (const std::string& url : base::split_trimmed(server.url, ' ')) {
    if (!url.starts_with("ldap://") && !url.starts_with("ldaps://"))
      options.complain("providerUrl=\"" + server.url + "\": expected ldap:// or ldaps://");
  }
  server.start_tls = options.flag("startTls", false);
  server.verify = options.flag("ldapsVerifyHostname", true);
  server.ca_file = options.text("caFile");
  // 0 is the peer's "no limit"; see ldap_directory.cpp for ours.
  server.connect_timeout = Millis(options.number("timeoutConnect", 5'000, longest_millis));
  server.read_timeout = Millis(options.number("timeoutRead", 10'000, longest_millis));
  const std::string method = options.text("authenticationMethod", "simple");
  if (!base::iequals(method, "simple") && !base::iequals(method, "none"))
    options.complain("authenticationMethod=\"" + method + "\": expected simple");
  return server;
}

void read_users(OptionReader& options, LdapModuleConfig& config) {
  config.user_base = options.needed("userBaseDn");
  config.user_class = options.text("userObjectClass", config.user_class);
  config.user_id = options.text("userIdAttribute", config.user_id);
  config.user_password = options.text("userPasswordAttribute", config.user_password);
  config.first_name = options.text("userFirstNameAttribute", config.first_name);
  config.last_name = options.text("userLastNameAttribute", config.last_name);
  config.email = options.text("userEmailAttribute", config.email);
}

void read_roles(OptionReader& options, LdapModuleConfig& config) {
  config.role_base = options.text("roleBaseDn");
  config.role_class = options.text("roleObjectClass", config.role_class);
  config.role_name = options.text("roleNameAttribute", config.role_name);
  config.role_member = options.text("roleMemberAttribute", config.role_member);
  config.role_username_member = options.text("roleUsernameMemberAttribute");
  config.role_prefix = options.text("rolePrefix");
  config.supplemental_roles = options.list("supplementalRoles");
  config.nested_groups = options.flag("nestedGroups", false);
  config.page_roles = options.flag("rolePagination", true);
  config.roles_per_page = static_cast<int>(options.number("rolesPerPage", 100, 100'000));
}

std::unique_ptr<LoginModule> make_ldap(Making& making) {
  OptionReader& options = making.options;
  LdapModuleConfig config;
  config.name = making.module.short_name();
  config.server = ldap_server(options);
  config.bind_dn = options.text("bindDn");
  config.bind_password = options.text("bindPassword");
  if (!making.jaas.ldap_bind_password.empty()) config.bind_password = making.jaas.ldap_bind_password;
  config.bind_as_user = options.flag("forceBindingLogin", false);
  config.search_roles_as_root = options.flag("forceBindingLoginUseRootContextForRoles", false);
  read_users(options, config);
  read_roles(options, config);
  config.cache_life = Millis(options.number("cacheDurationMillis", 0, longest_millis));
  options.ignore({"contextFactory", "reportStatistics", "userRdnAttribute", "allGroups"});
  if (config.name == "JettyCombinedLdapLoginModule") {
    config.ignore_roles = options.flag("ignoreRoles", false);
    config.store_pass = options.flag("storePass", false);
  }
  return make_ldap_module(std::move(config), making.clock);
}

struct JaasClass {
  const char* short_name;
  std::unique_ptr<LoginModule> (*make)(Making&);
};

constexpr JaasClass jaas_classes[] = {{"PropertyFileLoginModule", make_property_file},
                                      {"ReloadablePropertyFileLoginModule", make_property_file},
                                      {"JettyAuthPropertyFileLoginModule", make_property_file},
                                      {"JettyRolePropertyFileLoginModule", make_role_file},
                                      {"JettyCachingLdapLoginModule", make_ldap},
                                      {"JettyCombinedLdapLoginModule", make_ldap},
                                      {"JettyPamLoginModule", make_pam},
                                      {"JettyRundeckPamLoginModule", make_pam}};

Result<std::unique_ptr<LoginModule>> make_module(const JaasFile& jaas, const JaasModule& module, const Clock& clock) {
  const std::string where = jaas.file.string();
  const std::string name = module.short_name();
  const auto* known = std::ranges::find_if(jaas_classes, [&](const JaasClass& one) { return name == one.short_name; });
  if (known == std::end(jaas_classes)) {
    std::vector<std::string> names;
    for (const JaasClass& one : jaas_classes) names.emplace_back(one.short_name);
    return fail(ErrorKind::invalid, where + ":" + std::to_string(module.line) + ": there is no login module " +
                                        module.class_name + "; expected one of " + base::join(names, ", "));
  }
  OptionReader options(module, where);
  Making making{jaas, module, options, clock};
  auto made = known->make(making);
  if (const auto problem = options.problem()) return fail(*problem);
  return made;
}

Result<std::string> read_jaas_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    return fail(ErrorKind::invalid, file.string() + ": cannot be read (" + std::strerror(errno) +
                                        "); loginmodule.conf.name or java.security.auth.login.config names it");
  }
  std::error_code ignored;
  if (std::filesystem::file_size(file, ignored) > largest_jaas_file)
    return fail(ErrorKind::invalid, file.string() + ": is larger than 1 MiB; that is no JAAS file");
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

Result<std::unique_ptr<LoginChain>> load_jaas(const JaasFile& jaas, const JaasExpand& expand, const Clock& clock) {
  const auto text = read_jaas_file(jaas.file);
  if (!text) return fail(text.error());
  const auto all = parse_jaas(*text, jaas.file.string(), expand);
  if (!all) return fail(all.error());
  const auto wanted = all->find(jaas.module);
  if (wanted == all->end()) {
    std::vector<std::string> names;
    for (const auto& [name, modules] : *all) names.push_back(name);
    return fail(ErrorKind::invalid, jaas.file.string() + ": there is no configuration " + jaas.module +
                                        " in it, which loginmodule.name asks for; there is " +
                                        (names.empty() ? "none" : base::join(names, ", ")));
  }
  std::vector<ChainedModule> chain;
  for (const JaasModule& module : wanted->second) {
    auto made = make_module(jaas, module, clock);
    if (!made) return fail(made.error());
    chain.push_back({module.flag, std::move(*made)});
  }
  return std::make_unique<LoginChain>(jaas.module, std::move(chain));
}

}  // namespace qd::auth
