#include "app/base_folder_files.hpp"

namespace qd::app {

std::string framework_properties_text(const std::string& hostname, const std::string& uuid) {
  return "# Who this server is, and what its node is called. Written at the first start; yours to change.\n"
         "# `quarterdeck config` shows every key, its default and its meaning.\n"
         "\n"
         "framework.server.name = " +
         hostname +
         "\n"
         "framework.server.hostname = " +
         hostname +
         "\n"
         "rundeck.server.uuid = " +
         uuid +
         "\n"
         "\n"
         "# Folders. ${rdeck.base} is the folder that holds `etc`.\n"
         "framework.var.dir = ${rdeck.base}/var\n"
         "framework.tmp.dir = ${framework.var.dir}/tmp\n"
         "framework.logs.dir = ${framework.var.dir}/logs\n"
         "\n"
         "# Values for every job, as ${globals.NAME}.\n"
         "#framework.globals.region = eu-west\n"
         "\n"
         "# API tokens that are always valid, one line `user: token,role` each.\n"
         "#rundeck.tokens.file = ${rdeck.base}/etc/tokens.properties\n";
}

std::string rundeck_config_text() {
  return "# Address, database and logins. Written at the first start; yours to change. A change counts from the next "
         "start.\n"
         "# `quarterdeck config` shows every key, its default and its meaning.\n"
         "\n"
         "server.address = 127.0.0.1\n"
         "server.port = 4440\n"
         "\n"
         "# What users type into their browsers, when that is something else than address and port.\n"
         "#grails.serverURL = https://jobs.example.com\n"
         "\n"
         "# TLS: PEM files. Without them put a proxy in front.\n"
         "#server.ssl.certificate = ${rdeck.base}/etc/server.crt\n"
         "#server.ssl.certificate-private-key = ${rdeck.base}/etc/server.key\n"
         "\n"
         "# The database. Without a URL it is an embedded one in server/data.\n"
         "#dataSource.url = jdbc:postgresql://db.example.com/rundeck\n"
         "#dataSource.url = jdbc:mariadb://db.example.com/rundeck\n"
         "#dataSource.username = rundeck\n"
         "#dataSource.password = ${DATABASE_PASSWORD}\n"
         "\n"
         "# How long a login lasts without use, in seconds, and the longest life of an API token (0: no limit).\n"
         "server.servlet.session.timeout = 3600\n"
         "rundeck.api.tokens.duration.max = 30d\n"
         "\n"
         "# `passive` starts no executions.\n"
         "rundeck.executionMode = active\n";
}

std::string realm_properties_text(const std::string& stored) {
  return "# Users: name: password,role,role…   The file is read again when it changes.\n"
         "# A password is plain text, or BCRYPT:, CRYPT: or MD5: and its hash; BCRYPT is the one to use.\n"
         "\n"
         "admin: " +
         stored + ",user,admin\n";
}

std::string admin_policy_text() {
  return "# Who may do what. Written at the first start; yours to change. Every *.aclpolicy file of this folder "
         "counts, "
         "and a\n"
         "# change counts within a second. `qd acl` tests and writes policies.\n"
         "description: Role admin may do everything within every project.\n"
         "context:\n"
         "  project: '.*'\n"
         "for:\n"
         "  resource:\n"
         "    - allow: '*' # jobs, nodes, events and webhooks as a whole\n"
         "  adhoc:\n"
         "    - allow: '*'\n"
         "  job:\n"
         "    - allow: '*'\n"
         "  node:\n"
         "    - allow: '*'\n"
         "  storage:\n"
         "    - allow: '*' # keys/project/NAME\n"
         "by:\n"
         "  group: admin\n"
         "\n"
         "---\n"
         "description: Role admin may do everything outside of projects, and manage every project.\n"
         "context:\n"
         "  application: 'rundeck'\n"
         "for:\n"
         "  resource:\n"
         "    - allow: '*' # projects, the system, its policies, users, tokens and plugins as a whole\n"
         "  project:\n"
         "    - allow: '*'\n"
         "  project_acl:\n"
         "    - allow: '*'\n"
         "  storage:\n"
         "    - allow: '*'\n"
         "  apitoken:\n"
         "    - allow: '*'\n"
         "  runner:\n"
         "    - allow: '*'\n"
         "by:\n"
         "  group: admin\n";
}

}  // namespace qd::app
