// The tables of verbs, one per noun.
#pragma once

#include "cli/command.hpp"

namespace qd::cli {

Commands project_commands();
Commands project_config_commands();
Commands project_readme_commands();
Commands project_archive_commands();
Commands project_scm_commands();
Commands job_commands();
Commands job_toggle_commands();
Commands job_schedule_commands();
Commands job_file_commands();
Commands run_commands();
Commands adhoc_commands();
Commands execution_commands();
Commands execution_delete_commands();
Commands node_commands();
Commands system_commands();
Commands project_schedule_commands();
Commands cluster_commands();  // also those of rd's scheduler
Commands metrics_commands();
Commands token_commands();
Commands user_commands();
Commands stored_policy_commands();
Commands policy_file_commands();
Commands local_user_commands();
Commands audit_commands();
Commands key_commands();
Commands plugin_commands();
Commands shell_commands();  // completion, manual page, version

}  // namespace qd::cli
