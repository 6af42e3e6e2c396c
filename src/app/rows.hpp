// The stores on a member's main database, each of them once.
#pragma once

#include "app/vault_setup.hpp"
#include "store/acl_store.hpp"
#include "store/audit_store.hpp"
#include "store/calendar_store.hpp"
#include "store/database.hpp"
#include "store/delivery_store.hpp"
#include "store/execution_store.hpp"
#include "store/job_scm_store.hpp"
#include "store/job_store.hpp"
#include "store/local_user_store.hpp"
#include "store/profile_store.hpp"
#include "store/project_store.hpp"
#include "store/session_store.hpp"
#include "store/token_store.hpp"
#include "store/upload_store.hpp"
#include "store/webhook_store.hpp"

namespace qd::app {

// Thread-safe, as the stores are. The database and the seals of `vaults` live longer.
struct Rows {
  Rows(store::Database& database, const Vaults& vaults)
      : projects(database, vaults.project_seal),
        jobs(database),
        executions(database),
        tokens(database),
        sessions(database),
        uploads(database),
        profiles(database),
        calendars(database),
        policies(database),
        audit(database),
        deliveries(database),
        local_users(database),
        webhooks(database, vaults.webhook_seal),
        job_scm(database) {}

  store::ProjectStore projects;
  store::JobStore jobs;
  store::ExecutionStore executions;
  store::TokenStore tokens;
  store::SessionStore sessions;
  store::UploadStore uploads;
  store::ProfileStore profiles;
  store::CalendarStore calendars;
  store::AclStore policies;
  store::AuditStore audit;
  store::DeliveryStore deliveries;
  store::LocalUserStore local_users;
  store::WebhookStore webhooks;
  store::JobScmStore job_scm;
};

}  // namespace qd::app
