#include "service/webhook_archive.hpp"

#include "service/access.hpp"

namespace qd::service {
namespace {

constexpr const char* kFile = "webhooks.yaml";

bool is_set(const ComponentOptions& options, const char* name) {
  const auto found = options.find(name);
  return found != options.end() && found->second == "true";
}

}  // namespace

bool WebhookArchive::may_export(const auth::Identity& who, const std::string& project) const {
  return allowed(who, {"webhook", "read", project});
}

bool WebhookArchive::may_import(const auth::Identity& who, const std::string& project) const {
  return allowed(who, {"webhook", "create", project}) && allowed(who, {"webhook", "update", project});
}

bool WebhookArchive::takes(const std::string& path) const {
  return path == kFile;
}

Result<> WebhookArchive::write(const std::string& project, const ComponentOptions& options, ArchiveSink& to) {
  const codec::WebhookExport wanted{is_set(options, "inludeAuthTokens"), is_set(options, "regenUuid")};
  return to.add(kFile, webhooks_.export_yaml(project, wanted));
}

std::vector<std::string> WebhookArchive::read(const auth::Identity& who, const std::string& project,
                                              const ComponentFiles& files, const ComponentOptions& options) {
  const auto file = files.find(kFile);
  if (file == files.end()) return {};
  const Webhooks::Import how{is_set(options, "regenAuthTokens"), is_set(options, "regenUuid")};
  auto failed = webhooks_.import_yaml(who, project, file->second, how);
  if (!failed) return {std::string(kFile) + ": " + failed.error().message};
  return std::move(*failed);
}

}  // namespace qd::service
