// What each step of the schema does, in a file of its own: SQL templates, see store/migrations.hpp. schema.cpp numbers
// the steps. One that was released is never edited.
#pragma once

#include <string>
#include <vector>

namespace qd::store::schema {

std::vector<std::string> projects_and_jobs();
std::vector<std::string> executions();
std::vector<std::string> people_and_files();
std::vector<std::string> schedules();
std::vector<std::string> members();
std::vector<std::string> access_policies();
std::vector<std::string> audit_trail_and_users();
std::vector<std::string> storage();
std::vector<std::string> log_storage();
std::vector<std::string> deliveries();
std::vector<std::string> removed_logs();
std::vector<std::string> archive_tasks();
std::vector<std::string> webhooks();
std::vector<std::string> job_scm();

}  // namespace qd::store::schema
