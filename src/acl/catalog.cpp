#include "acl/catalog.hpp"

namespace qd::acl {

const std::vector<CatalogEntry>& catalog() {
  static const std::vector<CatalogEntry> kCatalog{
      {true, "resource", "project", {}, {"create"}},
      {true,
       "resource",
       "system",
       {},
       {"read", "view_cluster", "configure", "enable_executions", "disable_executions", "admin", "ops_admin"}},
      {true, "resource", "system_acl", {}, {"read", "create", "update", "delete", "admin"}},
      {true, "resource", "user", {}, {"admin"}},
      {true, "resource", "job", {}, {"admin"}},
      {true, "resource", "apitoken", {}, {"generate_user_token", "generate_service_token", "admin"}},
      {true, "resource", "plugin", {}, {"read", "install", "uninstall", "admin"}},
      {true, "resource", "runner", {}, {"read", "admin"}},
      {true,
       "project",
       "",
       {"name"},
       {"read", "configure", "delete", "import", "export", "scm_import", "scm_export", "delete_execution", "promote",
        "admin"}},
      {true, "project_acl", "", {"name"}, {"read", "create", "update", "delete", "admin"}},
      {true, "storage", "", {"path", "name"}, {"create", "update", "read", "delete"}},
      {true, "apitoken", "", {"username", "roles"}, {"create"}},
      {true,
       "runner",
       "",
       {"username", "roles"},
       {"read", "create", "update", "delete", "ping", "regenerate_credentials"}},
      {false, "resource", "job", {}, {"create", "delete", "scm_create", "scm_delete"}},
      {false, "resource", "node", {}, {"read", "create", "update", "refresh"}},
      {false, "resource", "event", {}, {"read", "create"}},
      {false, "resource", "webhook", {}, {"admin", "read", "create", "update", "delete", "post"}},
      {false, "adhoc", "", {}, {"read", "view", "run", "runAs", "kill", "killAs"}},
      {false,
       "job",
       "",
       {"name", "group", "uuid"},
       {"read", "view", "update", "delete", "run", "runAs", "kill", "killAs", "create", "toggle_schedule",
        "toggle_execution", "scm_create", "scm_update", "scm_delete", "view_history"}},
      {false, "node", "", {"nodename", "tags", "rundeck_server"}, {"read", "run"}},
      {false, "storage", "", {"path", "name"}, {"create", "update", "read", "delete"}},
  };
  return kCatalog;
}

}  // namespace qd::acl
