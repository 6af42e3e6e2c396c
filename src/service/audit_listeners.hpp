// Where the audit trail goes.
#pragma once

#include <filesystem>
#include <memory>

#include "base/clock.hpp"
#include "service/audit.hpp"
#include "store/audit_store.hpp"

namespace qd::service {

// One JSON object a line, appended to `file` (mode 0600, made when it is not there). The file may be renamed at any
// time, as logrotate does: the next event begins a new one. A line is written whole or not at all.
std::unique_ptr<AuditListener> make_audit_file(std::filesystem::path file);

// A row each. Rows older than `life` (0: none) are removed, a few whenever new ones come.
std::unique_ptr<AuditListener> make_audit_table(store::AuditStore& store, const Clock& clock, Millis life);

// An event as the file has it.
std::string audit_line(const store::AuditEvent& event);

}  // namespace qd::service
