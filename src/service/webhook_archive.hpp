// Webhooks as a part of project archives: webhooks.yaml, as the peer writes it.
#pragma once

#include "service/archive_component.hpp"
#include "service/webhooks.hpp"

namespace qd::service {

// Options of an export: inludeAuthTokens (so spelt by the peer), regenUuid; of an import: regenAuthTokens, regenUuid.
// Thread-safe.
class WebhookArchive final : public ArchiveComponent {
 public:
  explicit WebhookArchive(Webhooks& webhooks) : webhooks_(webhooks) {}

  std::string name() const override { return "webhooks"; }
  bool may_export(const auth::Identity& who, const std::string& project) const override;
  bool may_import(const auth::Identity& who, const std::string& project) const override;
  bool takes(const std::string& path) const override;
  Result<> write(const std::string& project, const ComponentOptions& options, ArchiveSink& to) override;
  std::vector<std::string> read(const auth::Identity& who, const std::string& project, const ComponentFiles& files,
                                const ComponentOptions& options) override;

 private:
  Webhooks& webhooks_;
};

}  // namespace qd::service
