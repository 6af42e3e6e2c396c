// Notes on who may do what: policies, tokens, users, keys, the audit trail; and plugins.
#include "api/reference.hpp"

namespace qd::api {

std::span<const RouteNote> access_notes() {
  static constexpr RouteNote kNotes[] = {
      {"GET system/acl", "Policies of the system", "", "", "PolicyList"},
      {"GET system/acl/{name*}", "A policy of the system", "", "", "Contents application/yaml text/plain"},
      {"POST system/acl/{name*}", "Make a policy of the system", "", "Contents application/yaml",
       "201 Contents application/yaml text/plain"},
      {"PUT system/acl/{name*}", "Change a policy of the system", "", "Contents application/yaml",
       "Contents application/yaml text/plain"},
      {"DELETE system/acl/{name*}", "Remove a policy of the system", "", "", ""},
      {"GET project/{project}/acl", "Policies of the project", "", "", "PolicyList"},
      {"GET project/{project}/acl/{name*}", "A policy of the project", "", "", "Contents application/yaml text/plain"},
      {"POST project/{project}/acl/{name*}", "Make a policy of the project", "", "Contents application/yaml",
       "201 Contents application/yaml text/plain"},
      {"PUT project/{project}/acl/{name*}", "Change a policy of the project", "", "Contents application/yaml",
       "Contents application/yaml text/plain"},
      {"DELETE project/{project}/acl/{name*}", "Remove a policy of the project", "", "", ""},
      {"POST acl/validate", "Is a policy right?", "project name", "Contents application/yaml", "PolicyCheck"},
      {"POST acl/explain", "May somebody do something, and which rule says so?", "", "json", "json"},
      {"POST acl/who", "Who may do something?", "", "json", "json"},
      {"POST acl/can", "What may somebody do?", "", "json", "json"},
      {"GET acl/catalog", "Every kind of thing that policies name, with its actions", "", "", "json"},

      {"GET tokens", "API tokens: one's own, or all for an administrator", "", "", "[Token]"},
      {"GET tokens/{user}", "API tokens of a user", "", "", "[Token]"},
      {"POST tokens", "Make an API token; its text is told this once", "", "NewToken", "201 NewTokenAnswer"},
      {"POST tokens/{user}", "Make an API token of a user", "", "NewToken", "201 NewTokenAnswer"},
      {"GET token/{id}", "An API token", "", "", "Token"},
      {"DELETE token/{id}", "Remove an API token", "", "", ""},
      {"POST token/{id}/rotate", "Give an API token a new text", "", "", "NewTokenAnswer"},
      {"POST tokens/{user}/removeExpired", "Remove expired API tokens of a user; `*` is everybody", "", "", "json"},
      {"GET authorizations/application/{kind}", "May the user do this to all of a kind?", "actions", "",
       "Authorizations"},
      {"GET authorizations/application/{type}/{specifier}", "May he do it to this project, or its policies?", "actions",
       "", "Authorizations"},
      {"GET authorizations/project/{project}/{kind}", "The same within a project", "actions", "", "Authorizations"},
      {"GET authorizations/project/{project}/{type}/{specifier}", "May he do it to this node, or key?", "actions", "",
       "Authorizations"},
      {"GET authorizations/project/{project}/job/{specifier}", "May he do it to this job?", "actions", "",
       "Authorizations"},
      {"DELETE tokens/expired", "Remove expired API tokens", "user", "", "json"},

      {"GET user/list", "Profiles of users", "", "", "[User]"},
      {"GET user/info", "One's own profile", "", "", "User"},
      {"POST user/info", "Change one's own profile", "", "User", "User"},
      {"GET user/info/{login}", "A user's profile", "", "", "User"},
      {"POST user/info/{login}", "Change a user's profile", "", "User", "User"},
      {"GET user/roles", "One's own roles", "", "", "Roles"},
      {"GET user/local", "Users that the database holds", "", "", "[LocalUser]"},
      {"POST user/local", "Make a user in the database", "", "NewLocalUser", "201 LocalUser"},
      {"GET user/local/{login}", "A user that the database holds", "", "", "LocalUser"},
      {"POST user/local/{login}", "Change password, roles or state of a user", "", "NewLocalUser", "LocalUser"},
      {"DELETE user/local/{login}", "Remove a user from the database", "", "", ""},

      {"GET storage/keys/{path*}", "A key, a folder of keys, or the text of a public key", "", "",
       "Key application/pgp-keys"},
      {"POST storage/keys/{path*}", "Store a key", "",
       "application/octet-stream application/pgp-keys application/x-rundeck-data-password", "201 Key"},
      {"PUT storage/keys/{path*}", "Replace a key", "",
       "application/octet-stream application/pgp-keys application/x-rundeck-data-password", "Key"},
      {"DELETE storage/keys/{path*}", "Remove a key", "", "", ""},
      {"POST system/storage/rotate", "Encrypt everything anew with the newest password", "", "", "json"},

      {"GET audit/events", "The audit trail, the newest first",
       "action user resourceType resourceName project address from to before max", "", "AuditEvents"},
      {"GET feature", "Features, and whether they are on", "", "", "json"},
      {"GET feature/{name}", "Is a feature on?", "", "", "json"},
      {"GET home/summary", "Executions of the last day, for a first page", "", "", "json"},
      {"GET plugin/list", "Plugins, built in and installed", "", "", "[Plugin]"},
      {"GET plugin/detail/{service}/{name}", "A plugin with its settings", "", "", "Plugin"},
      {"GET plugin/troubles", "Plugins that cannot be used, and why", "", "", "json"},
  };
  return kNotes;
}

}  // namespace qd::api
