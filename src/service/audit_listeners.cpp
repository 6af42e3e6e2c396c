#include "service/audit_listeners.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.hpp"

namespace qd::service {
namespace {

constexpr std::size_t kPrunedAtOnce = 500;
constexpr UnixMillis kPruneInterval = 60'000;

class AuditFile final : public AuditListener {
 public:
  explicit AuditFile(std::filesystem::path file) : file_(std::move(file)) {}

  const char* name() const override { return "audit file"; }

  void heard(const std::vector<store::AuditEvent>& events) override {
    std::string lines;
    for (const auto& event : events) lines += audit_line(event) + "\n";
    const int descriptor = open(file_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0) throw std::runtime_error(file_.string() + ": " + std::strerror(errno));
    const ssize_t written = write(descriptor, lines.data(), lines.size());
    const int why = errno;
    // Half a line would spoil the next one.
    struct stat info {};
    if (written > 0 && static_cast<std::size_t>(written) < lines.size() && fstat(descriptor, &info) == 0) {
      if (ftruncate(descriptor, info.st_size - written) != 0) lines.clear();
    }
    close(descriptor);
    if (written != static_cast<ssize_t>(lines.size())) {
      throw std::runtime_error(file_.string() + ": " + (written < 0 ? std::strerror(why) : "no room"));
    }
  }

 private:
  std::filesystem::path file_;
};

class AuditTable final : public AuditListener {
 public:
  AuditTable(store::AuditStore& store, const Clock& clock, Millis life) : store_(store), clock_(clock), life_(life) {}

  const char* name() const override { return "audit table"; }

  void heard(const std::vector<store::AuditEvent>& events) override {
    store_.append(events);
    const UnixMillis now = clock_.now();
    if (life_.count() == 0 || now < next_prune_) return;
    const auto pruned = store_.prune(now - life_.count(), kPrunedAtOnce);
    next_prune_ = pruned < static_cast<std::int64_t>(kPrunedAtOnce) ? now + kPruneInterval : now;
  }

 private:
  store::AuditStore& store_;
  const Clock& clock_;
  Millis life_;
  UnixMillis next_prune_ = 0;
};

}  // namespace

std::unique_ptr<AuditListener> make_audit_file(std::filesystem::path file) {
  return std::make_unique<AuditFile>(std::move(file));
}

std::unique_ptr<AuditListener> make_audit_table(store::AuditStore& store, const Clock& clock, Millis life) {
  return std::make_unique<AuditTable>(store, clock, life);
}

std::string audit_line(const store::AuditEvent& event) {
  JsonObject line{{"timestamp", iso8601_millis(event.at)}, {"action", event.action}, {"user", event.user}};
  line["roles"] = JsonArray(event.roles.begin(), event.roles.end());
  const auto add = [&](const char* key, const std::string& value) {
    if (!value.empty()) line[key] = value;
  };
  add("address", event.address);
  add("userAgent", event.agent);
  add("tokenId", event.token_id);
  add("resourceType", event.resource);
  add("resourceName", event.name);
  add("project", event.project);
  add("detail", event.detail);
  add("serverUUID", event.server_uuid);
  add("serverHostname", event.server_host);
  return serialize(line);
}

}  // namespace qd::service
