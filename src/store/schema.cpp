#include "store/migrations.hpp"
#include "store/schema/steps.hpp"

namespace qd::store {
namespace {

// Two files that one step was made of.
std::vector<std::string> joined(std::vector<std::string> first, const std::vector<std::string>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

}  // namespace

const std::vector<Migration>& known_migrations() {
  static const std::vector<Migration> all = {
      {1, "projects and jobs", schema::projects_and_jobs()},
      {2, "executions", schema::executions()},
      {3, "tokens, sessions, uploads, profiles and settings", schema::people_and_files()},
      {4, "schedules and their ledger, members and their messages", joined(schema::schedules(), schema::members())},
      {5, "access policies", schema::access_policies()},
      {6, "audit trail and local users", schema::audit_trail_and_users()},
      {7, "storage facility", schema::storage()},
      {8, "log storage", schema::log_storage()},
      {9, "deliveries of notifications", schema::deliveries()},
      {10, "logs of deleted executions", schema::removed_logs()},
      {11, "archives under way", schema::archive_tasks()},
      {12, "incoming webhooks", schema::webhooks()},
      {13, "jobs in repositories", schema::job_scm()},
  };
  return all;
}

}  // namespace qd::store
