#include "auth/ldap_module.hpp"

#include <optional>
#include <set>

#include "auth/ldap_password.hpp"
#include "auth/login_cache.hpp"
#include "base/guarded.hpp"
#include "base/logging.hpp"
#include "base/text.hpp"

namespace qd::auth {
namespace {

constexpr std::size_t longest_name = 256;

LoginOutcome refused(const std::string& reason) {
  return {LoginOutcome::Kind::bad, {}, reason};
}

LoginOutcome failed(const Error& error) {
  const bool refusal = error.kind == ErrorKind::unauthenticated;
  return {refusal ? LoginOutcome::Kind::bad : LoginOutcome::Kind::unavailable, {}, error.message};
}

// Which groups a group is in: its normal DN, and those of its parents with their names.
struct GroupTree {
  struct Group {
    std::string dn;
    std::vector<std::string> names;
  };
  std::map<std::string, std::vector<Group>> parents;
  UnixMillis since = 0;
};
using GroupTreePtr = std::shared_ptr<const GroupTree>;

class LdapModule final : public LoginModule {
 public:
  LdapModule(LdapModuleConfig config, const Clock& clock)
      : config_(std::move(config)), clock_(clock), cache_(clock, config_.cache_life) {}

  std::string name() const override { return config_.name; }

  LoginOutcome log_in(const Credentials& credentials, SharedLogin& shared) override {
    // An empty password would be an anonymous bind, which every directory grants.
    if (credentials.user.empty() || credentials.password.empty()) return refused("user or password is empty");
    if (credentials.user.size() > longest_name) return refused("the user's name is too long");
    LoginOutcome outcome;
    if (auto known = cache_.find(credentials)) {
      outcome = {LoginOutcome::Kind::good, std::move(*known), ""};
    } else {
      outcome = ask(credentials);
      if (outcome.kind == LoginOutcome::Kind::good) cache_.put(credentials, outcome.facts);
    }
    if (outcome.kind == LoginOutcome::Kind::good) shared.stored |= config_.store_pass;
    return outcome;
  }

 private:
  LoginOutcome ask(const Credentials& credentials);
  Result<std::unique_ptr<LdapDirectory>> connect(const std::string& dn, const std::string& password);
  Result<std::optional<LdapEntry>> find_user(LdapDirectory& root, const std::string& user);
  Result<bool> check_password(const LdapEntry& entry, const std::string& password,
                              std::unique_ptr<LdapDirectory>& as_user);
  Result<std::vector<std::string>> roles_of(LdapDirectory& directory, const LdapEntry& user, const std::string& login);
  Result<GroupTreePtr> group_tree(LdapDirectory& directory);
  std::vector<std::string> role_names(const LdapEntry& group) const;
  void add_parents(const GroupTree& tree, const std::string& group_dn, std::vector<std::string>& roles) const;

  LdapModuleConfig config_;
  const Clock& clock_;
  LoginCache cache_;
  base::Guarded<GroupTreePtr> tree_;
};

Result<std::unique_ptr<LdapDirectory>> LdapModule::connect(const std::string& dn, const std::string& password) {
  auto directory = LdapDirectory::open(config_.server);
  if (!directory) return directory;
  if (auto bound = (*directory)->bind(dn, password); !bound) return fail(bound.error());
  return directory;
}

LoginOutcome LdapModule::ask(const Credentials& credentials) {
  auto root = connect(config_.bind_dn, config_.bind_password);
  if (!root) {
    base::log_error("auth", config_.name + ": " + root.error().message);
    return {LoginOutcome::Kind::unavailable, {}, root.error().message};
  }
  auto entry = find_user(**root, credentials.user);
  if (!entry) return failed(entry.error());
  if (!*entry) return refused("no such user");
  std::unique_ptr<LdapDirectory> as_user;
  const auto right = check_password(**entry, credentials.password, as_user);
  if (!right) return failed(right.error());
  if (!*right) return refused("another password");

  LoginOutcome outcome{LoginOutcome::Kind::good, {}, ""};
  outcome.facts.first_name = (*entry)->first(config_.first_name);
  outcome.facts.last_name = (*entry)->first(config_.last_name);
  outcome.facts.email = (*entry)->first(config_.email);
  LdapDirectory& for_roles = config_.bind_as_user && as_user && !config_.search_roles_as_root ? *as_user : **root;
  auto roles = roles_of(for_roles, **entry, credentials.user);
  if (!roles) return failed(roles.error());
  outcome.facts.roles = std::move(*roles);
  return outcome;
}

Result<std::optional<LdapEntry>> LdapModule::find_user(LdapDirectory& root, const std::string& user) {
  LdapSearch search;
  search.base = config_.user_base;
  search.filter = "(&(objectClass=" + config_.user_class + ")(" + config_.user_id + "=" + ldap_escape(user) + "))";
  search.attributes = {config_.first_name, config_.last_name, config_.email};
  if (!config_.bind_as_user) search.attributes.push_back(config_.user_password);
  search.page_size = 0;
  auto found = root.search(search);
  if (!found) return fail(found.error());
  if (found->size() > 1) {
    return fail(ErrorKind::unauthenticated, std::to_string(found->size()) + " entries match " + search.filter +
                                                " below " + search.base + "; it must be one");
  }
  if (found->empty()) return std::optional<LdapEntry>();
  return std::optional(std::move(found->front()));
}

Result<bool> LdapModule::check_password(const LdapEntry& entry, const std::string& password,
                                        std::unique_ptr<LdapDirectory>& as_user) {
  if (!config_.bind_as_user) {
    for (const std::string& stored : entry.values(config_.user_password)) {
      const auto verdict = verify_ldap_password(stored, password);
      if (verdict && *verdict) return true;
    }
  }
  // Hashes that cannot be read, or are of a kind not known here, are the directory's to check.
  auto bound = connect(entry.dn, password);
  if (!bound) {
    if (bound.error().kind == ErrorKind::unauthenticated) return false;
    return fail(bound.error());
  }
  as_user = std::move(*bound);
  return true;
}

std::vector<std::string> LdapModule::role_names(const LdapEntry& group) const {
  auto names = group.values(config_.role_name);
  if (config_.role_prefix.empty()) return names;
  for (auto& name : names) name = base::replace_all(name, config_.role_prefix, "");
  return names;
}

Result<std::vector<std::string>> LdapModule::roles_of(LdapDirectory& directory, const LdapEntry& user,
                                                      const std::string& login) {
  std::vector<std::string> roles;
  if (config_.ignore_roles || config_.role_base.empty()) {
    add_roles(roles, config_.supplemental_roles);
    return roles;
  }
  const bool by_name = !config_.role_username_member.empty();
  LdapSearch search;
  search.base = config_.role_base;
  search.filter = "(&(objectClass=" + config_.role_class + ")(" +
                  (by_name ? config_.role_username_member : config_.role_member) + "=" +
                  ldap_escape(by_name ? login : user.dn) + "))";
  search.attributes = {config_.role_name};
  search.page_size = config_.page_roles ? config_.roles_per_page : 0;
  auto groups = directory.search(search);
  if (!groups) return fail(groups.error());
  for (const LdapEntry& group : *groups) add_roles(roles, role_names(group));
  if (config_.nested_groups) {
    const auto tree = group_tree(directory);
    if (!tree) return fail(tree.error());
    for (const LdapEntry& group : *groups) add_parents(**tree, ldap_normal_dn(group.dn), roles);
  }
  add_roles(roles, config_.supplemental_roles);
  return roles;
}

void LdapModule::add_parents(const GroupTree& tree, const std::string& group_dn,
                             std::vector<std::string>& roles) const {
  std::set<std::string> seen{group_dn};  // groups may be in each other
  std::vector<std::string> open{group_dn};
  while (!open.empty()) {
    const std::string now = std::move(open.back());
    open.pop_back();
    const auto parents = tree.parents.find(now);
    if (parents == tree.parents.end()) continue;
    for (const auto& parent : parents->second) {
      if (!seen.insert(parent.dn).second) continue;
      add_roles(roles, parent.names);
      open.push_back(parent.dn);
    }
  }
}

Result<GroupTreePtr> LdapModule::group_tree(LdapDirectory& directory) {
  const UnixMillis now = clock_.now();
  const auto kept = tree_.with([](const GroupTreePtr& tree) { return tree; });
  if (kept && now >= kept->since && now - kept->since < config_.cache_life.count()) return kept;
  LdapSearch search;
  search.base = config_.role_base;
  search.filter = "(&(objectClass=" + config_.role_class + ")(" + config_.role_member + "=*))";
  search.attributes = {config_.role_name, config_.role_member};
  search.page_size = config_.roles_per_page;
  search.most = 100'000;
  auto groups = directory.search(search);
  if (!groups) return fail(groups.error());
  std::set<std::string> known;
  for (const LdapEntry& group : *groups) known.insert(ldap_normal_dn(group.dn));
  auto tree = std::make_shared<GroupTree>();
  tree->since = now;
  for (const LdapEntry& group : *groups) {
    const std::string dn = ldap_normal_dn(group.dn);
    for (const std::string& member : group.values(config_.role_member)) {
      const std::string member_dn = ldap_normal_dn(member);
      // Users are members too; only groups have to be climbed.
      if (known.contains(member_dn)) tree->parents[member_dn].push_back({dn, role_names(group)});
    }
  }
  tree_.with([&](GroupTreePtr& mine) { mine = tree; });
  return GroupTreePtr(tree);
}

}  // namespace

std::unique_ptr<LoginModule> make_ldap_module(LdapModuleConfig config, const Clock& clock) {
  return std::make_unique<LdapModule>(std::move(config), clock);
}

}  // namespace qd::auth
