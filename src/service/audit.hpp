// The audit trail: every login, and every change that somebody makes, told to listeners (a file, the database).
//
// A use case calls record() once what it tells of has happened. Never put a secret into a fact.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "auth/identity.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "store/audit_store.hpp"

namespace qd::service {

namespace audit {
// Actions and kinds of resources have the peer's names, so that what reads its trail reads ours.
inline constexpr const char* kLoginSuccess = "login_success";
inline constexpr const char* kLoginFailed = "login_failed";
inline constexpr const char* kLogout = "logout";
inline constexpr const char* kCreate = "create";
inline constexpr const char* kUpdate = "update";
inline constexpr const char* kDelete = "delete";
inline constexpr const char* kRun = "run";
inline constexpr const char* kKill = "kill";
inline constexpr const char* kExport = "export";
inline constexpr const char* kImport = "import";

inline constexpr const char* kUser = "user";
inline constexpr const char* kToken = "token";
inline constexpr const char* kProject = "project";
inline constexpr const char* kJob = "job";
inline constexpr const char* kExecution = "execution";
inline constexpr const char* kKey = "key";
inline constexpr const char* kWebhook = "webhook";
inline constexpr const char* kSystemAcl = "system_acl";
inline constexpr const char* kProjectAcl = "project_acl";
inline constexpr const char* kSystem = "system";
}  // namespace audit

struct AuditFact {
  std::string action;    // one of the above
  std::string resource;  // one of the above
  std::string name;      // which: a login, "project:uuid:group/name" of a job, the path of a key
  std::string project = {};
  std::string detail = {};
};

// Hears every event, a few at a time and in order, on a thread of its own. May throw: the failure is logged, and the
// events are lost to this listener only.
class AuditListener {
 public:
  virtual ~AuditListener() = default;
  virtual const char* name() const = 0;
  virtual void heard(const std::vector<store::AuditEvent>& events) = 0;
};

// Thread-safe.
class Audit {
 public:
  struct Origin {
    std::string server_uuid, server_host;
  };
  Audit(std::vector<std::unique_ptr<AuditListener>> listeners, store::AuditStore& store, const Clock& clock,
        Origin origin);
  ~Audit();

  // Does not wait for the listeners, unless 10,000 events wait for them already.
  void record(const auth::Identity& who, AuditFact fact) noexcept;
  // Tells the listeners of everything that was recorded before.
  void flush() noexcept;
  // flush(), and the end of the thread; later events are told in the thread that records them. Safe to call twice.
  void stop() noexcept;

  // Newest first; for those who may administer the system.
  Result<std::vector<store::AuditEvent>> list(const auth::Identity& who, const store::AuditQuery& query);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// "project:uuid:group/name", as the peer names a job.
std::string audited_job(std::string_view project, std::string_view uuid, std::string_view group, std::string_view name);

}  // namespace qd::service
