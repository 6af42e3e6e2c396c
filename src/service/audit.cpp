#include "service/audit.hpp"

#include <chrono>
#include <mutex>
#include <thread>

#include "base/guarded.hpp"
#include "base/logging.hpp"
#include "base/text.hpp"
#include "base/worker_pool.hpp"
#include "service/access.hpp"

namespace qd::service {
namespace {

constexpr std::size_t kMostWaiting = 10'000;
constexpr std::chrono::milliseconds kGathers{10};  // so that a burst of events costs a few commits
constexpr std::size_t kLongestText = 500;          // bytes; what a client sends may be endless

std::string storable(std::string_view text) {
  std::string clean = base::repair_utf8(text.substr(0, kLongestText));
  std::erase(clean, '\0');
  return clean;
}

}  // namespace

struct Audit::Impl {
  std::vector<std::unique_ptr<AuditListener>> listeners;
  store::AuditStore& store;
  const Clock& clock;
  Origin origin;
  base::Guarded<std::vector<store::AuditEvent>> waiting{};
  std::mutex telling{};  // one batch at a time, in order
  base::WorkerPool pool{"audit", 1, 2};

  void tell() noexcept {
    const std::lock_guard lock(telling);
    const auto batch = waiting.with([](auto& events) { return std::exchange(events, {}); });
    if (batch.empty()) return;
    for (const auto& listener : listeners) {
      try {
        listener->heard(batch);
      } catch (const std::exception& error) {
        base::log_error("audit", std::to_string(batch.size()) + " events are missing from the " + listener->name() +
                                     ": " + error.what());
      }
    }
  }
};

Audit::Audit(std::vector<std::unique_ptr<AuditListener>> listeners, store::AuditStore& store, const Clock& clock,
             Origin origin)
    : impl_(new Impl{std::move(listeners), store, clock, std::move(origin)}) {}

Audit::~Audit() {
  stop();
}

void Audit::record(const auth::Identity& who, AuditFact fact) noexcept {
  try {
    store::AuditEvent event;
    event.at = impl_->clock.now();
    event.action = std::move(fact.action);
    event.user = storable(who.user);
    event.roles = who.roles;
    event.address = who.address;
    event.agent = storable(who.agent);
    event.token_id = who.token_id;
    event.resource = std::move(fact.resource);
    event.name = storable(fact.name);
    event.project = storable(fact.project);
    event.detail = storable(fact.detail);
    event.server_uuid = impl_->origin.server_uuid;
    event.server_host = impl_->origin.server_host;
    const std::size_t waiting = impl_->waiting.with([&](auto& events) {
      events.push_back(std::move(event));
      return events.size();
    });
    // A full queue makes its callers do the work. One that has events has a task too, or had no room for one.
    const bool posted = waiting > 1 && waiting < kMostWaiting ? true : impl_->pool.try_post([this] {
      std::this_thread::sleep_for(kGathers);
      impl_->tell();
    });
    if (waiting >= kMostWaiting || !posted) impl_->tell();
  } catch (const std::exception& error) {
    base::log_error("audit", std::string("an event is lost: ") + error.what());
  }
}

void Audit::flush() noexcept {
  impl_->tell();
}

void Audit::stop() noexcept {
  impl_->pool.stop();
  impl_->tell();
}

Result<std::vector<store::AuditEvent>> Audit::list(const auth::Identity& who, const store::AuditQuery& query) {
  if (auto right = require(who, {"system", "admin", ""}, "System", "audit trail"); !right) return fail(right.error());
  flush();
  return impl_->store.list(query);
}

std::string audited_job(std::string_view project, std::string_view uuid, std::string_view group,
                        std::string_view name) {
  std::string text;
  text.append(project).append(":").append(uuid).append(":").append(group);
  if (!group.empty()) text.append("/");
  return text.append(name);
}

}  // namespace qd::service
