// Executions as rows of table execution.
#pragma once

#include "model/execution.hpp"
#include "store/database.hpp"

namespace qd::store {

// The columns of columns_of(), in its order; `slot` and `id` are not among them.
inline constexpr const char* execution_columns =
    "project, job_uuid, status, active, sort_ms, scheduled_for_ms, started_ms, ended_ms, server_uuid, incarnation, "
    "uuid, "
    "job_revision, kind, user_name, log_level, retry_attempt, retry_of, retried_as, original_id, log_size, aborted_by, "
    "job_name, job_group, roles, description, arg_string, options, node_filter, succeeded_nodes, failed_nodes, "
    "abort_reason, log_path, extra, ad_hoc, state";
inline constexpr std::size_t execution_column_count = 35;

// Column `active` of this status is 1, else NULL.
bool is_active(const std::string& status);

Params columns_of(const model::Execution& execution);

// What SELECT reads: all but the state, which is large, and the workflow, unless it is asked for.
inline constexpr const char* select_execution =
    "SELECT id, project, job_uuid, status, scheduled_for_ms, started_ms, ended_ms, server_uuid, incarnation, uuid, "
    "job_revision, kind, user_name, log_level, retry_attempt, retry_of, retried_as, original_id, log_size, aborted_by, "
    "job_name, job_group, roles, description, arg_string, options, node_filter, succeeded_nodes, failed_nodes, "
    "abort_reason, log_path, extra FROM execution";
inline constexpr const char* select_execution_whole =
    "SELECT id, project, job_uuid, status, scheduled_for_ms, started_ms, ended_ms, server_uuid, incarnation, uuid, "
    "job_revision, kind, user_name, log_level, retry_attempt, retry_of, retried_as, original_id, log_size, aborted_by, "
    "job_name, job_group, roles, description, arg_string, options, node_filter, succeeded_nodes, failed_nodes, "
    "abort_reason, log_path, extra, ad_hoc FROM execution";

model::Execution read_execution(const Row& row);        // of select_execution
model::Execution read_whole_execution(const Row& row);  // of select_execution_whole

}  // namespace qd::store
