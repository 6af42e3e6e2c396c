#include "api/route.hpp"

namespace qd::api {

std::vector<Route> all_routes() {
  // One a line, so that two branches that add tables do not meet.
  // clang-format off
  using Table = const std::vector<Route>& (*)();
  constexpr Table kTables[] = {
      project_routes,
      job_routes,
      job_import_routes,
      job_run_routes,
      job_bulk_routes,
      upload_routes,
      ad_hoc_routes,
      execution_routes,
      output_routes,
      event_routes,
      history_routes,
      token_routes,
      user_routes,
      system_routes,
      schedule_routes,
      fire_routes,
      cluster_routes,
      calendar_routes,
      project_schedule_routes,
      audit_routes,
      local_user_routes,
      node_routes,
      option_routes,
      acl_routes,
      explain_routes,
      key_routes,
      log_storage_routes,
      notification_routes,
      plugin_routes,
      search_routes,
      job_edit_routes,
      browse_routes,
      authorization_routes,
      feature_routes,
      archive_routes,
      webhook_routes,
      scm_routes,
  };
  // clang-format on
  std::vector<Route> all;
  for (const Table table : kTables) all.insert(all.end(), table().begin(), table().end());
  return all;
}

}  // namespace qd::api
