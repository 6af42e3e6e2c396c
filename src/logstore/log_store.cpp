#include "logstore/log_store.hpp"

#include "base/text.hpp"
#include "logstore/azure_store.hpp"
#include "logstore/filesystem_store.hpp"
#include "logstore/s3_store.hpp"

namespace qd::logstore {
namespace {

constexpr const char* kFilesystem = "filesystem";
constexpr const char* kS3 = "org.rundeck.amazon-s3";
constexpr const char* kS3Pro = "com.rundeck.rundeckpro.amazon-s3";
constexpr const char* kAzure = "azure-storage";
constexpr const char* kAzurePro = "rundeckpro.azure-storage";

}  // namespace

std::string known_providers() {
  return std::string(kFilesystem) + ", " + kS3 + ", " + kS3Pro + ", " + kAzure + ", " + kAzurePro;
}

bool is_known_provider(const std::string& provider) {
  return provider == kFilesystem || provider == kS3 || provider == kS3Pro || provider == kAzure ||
         provider == kAzurePro;
}

Result<std::shared_ptr<LogStore>> open_log_store(const std::string& provider, const Settings& settings,
                                                 const std::map<std::string, std::string>& environment) {
  if (provider == kFilesystem) return open_filesystem_store(settings);
  if (provider == kS3 || provider == kS3Pro) {
    auto parsed = parse_s3_settings(settings);
    if (!parsed) return fail(parsed.error());
    return std::shared_ptr<LogStore>(std::make_shared<S3Store>(std::move(*parsed), settings, environment));
  }
  if (provider == kAzure || provider == kAzurePro) {
    auto parsed = parse_azure_settings(settings);
    if (!parsed) return fail(parsed.error());
    return std::shared_ptr<LogStore>(std::make_shared<AzureStore>(std::move(*parsed)));
  }
  return fail(ErrorKind::invalid, "There is no log store named '" + provider + "'; there are " + known_providers());
}

std::string setting_or(const Settings& settings, const std::string& name, std::string_view fallback) {
  const auto found = settings.find(name);
  const auto text = found == settings.end() ? std::string_view() : base::trim(found->second);
  return std::string(text.empty() ? fallback : text);
}

Result<bool> flag_or(const Settings& settings, const std::string& name, bool fallback) {
  const auto text = setting_or(settings, name);
  if (text.empty()) return fallback;
  if (const auto truth = base::parse_bool(text)) return *truth;
  return fail(ErrorKind::invalid, name + ": '" + text + "': expected true or false");
}

}  // namespace qd::logstore
