#include "logstore/azure_settings.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace qd::logstore {
namespace {

bool is_small_or_digit(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9');
}

// Naming and referencing containers: 3 to 63 small letters, digits and single dashes between them.
bool is_container(std::string_view name) {
  if (name.size() < 3 || name.size() > 63 || !is_small_or_digit(name.front()) || !is_small_or_digit(name.back()))
    return false;
  return name.find("--") == std::string_view::npos &&
         std::all_of(name.begin(), name.end(), [](char letter) { return is_small_or_digit(letter) || letter == '-'; });
}

bool is_account(std::string_view name) {
  return name.size() >= 3 && name.size() <= 63 &&
         std::all_of(name.begin(), name.end(), [](char letter) { return is_small_or_digit(letter) || letter == '-'; });
}

// "BlobEndpoint=…;EndpointSuffix=…"
std::string connection_setting(const std::string& text, std::string_view name) {
  for (const auto& part : base::split_trimmed(text, ';')) {
    const auto equals = part.find('=');
    if (equals != std::string::npos && base::iequals(part.substr(0, equals), name)) return part.substr(equals + 1);
  }
  return {};
}

Result<std::string> parse_azure_endpoint(const Settings& settings, const std::string& account) {
  const auto protocol = setting_or(settings, "defaultEndpointProtocol", "https");
  if (protocol != "https" && protocol != "http")
    return fail(ErrorKind::invalid, "defaultEndpointProtocol: '" + protocol + "': expected https or http");
  const auto extra = setting_or(settings, "extraConnectionSettings");
  auto endpoint = setting_or(settings, "endpoint", connection_setting(extra, "BlobEndpoint"));
  auto suffix = connection_setting(extra, "EndpointSuffix");
  if (suffix.empty()) suffix = "core.windows.net";
  if (endpoint.empty()) endpoint = protocol + "://" + account + ".blob." + suffix;
  while (endpoint.ends_with('/')) endpoint.pop_back();
  const auto host = endpoint.find("://");
  const bool web = endpoint.starts_with("https://") || endpoint.starts_with("http://");
  if (!web || endpoint.size() <= host + 3 || endpoint.find_first_of("?#@ ") != std::string::npos)
    return fail(ErrorKind::invalid, "endpoint: '" + endpoint + "': expected a URL like https://host:port/account");
  return endpoint;
}

std::string encode_parts(std::string_view path) {
  std::string encoded;
  for (const auto& part : base::split(path, '/')) encoded.append("/").append(base::percent_encode(part));
  return encoded;
}

}  // namespace

Result<AzureSettings> parse_azure_settings(const Settings& settings) {
  AzureSettings parsed;
  parsed.account = setting_or(settings, "storageAccount");
  if (parsed.account.empty()) return fail(ErrorKind::invalid, "storageAccount: not set");
  if (!is_account(parsed.account))
    return fail(ErrorKind::invalid, "storageAccount: '" + parsed.account + "' is no name of a storage account");
  const auto key = setting_or(settings, "accessKey");
  if (key.empty()) return fail(ErrorKind::invalid, "accessKey: not set");
  const auto bytes = base::base64_decode(key);
  if (!bytes || bytes->empty())
    return fail(ErrorKind::invalid, "accessKey: expected base64, as Azure shows the keys of a storage account");
  parsed.key = *bytes;
  auto endpoint = parse_azure_endpoint(settings, parsed.account);
  if (!endpoint) return fail(endpoint.error());
  parsed.endpoint = std::move(*endpoint);
  parsed.container = base::lower(setting_or(settings, "containerName"));
  if (!parsed.container.empty() && !is_container(parsed.container))
    return fail(ErrorKind::invalid, "containerName: '" + parsed.container + "' is no name of a container");
  const auto size_text = setting_or(settings, "blockSizeMB", "8");
  const auto size = base::parse_int(size_text);
  if (!size || *size < 1 || *size > 100)
    return fail(ErrorKind::invalid, "blockSizeMB: '" + size_text + "': expected 1 to 100");
  parsed.block_bytes = static_cast<std::size_t>(*size) << 20;
  return parsed;
}

Result<AzurePlace> azure_place_of(const AzureSettings& settings, const std::string& key) {
  auto container = settings.container;
  std::string_view name = key;
  if (container.empty()) {
    const auto slash = key.find('/');
    if (slash != std::string::npos) {
      container = base::lower(key.substr(0, slash));
      name.remove_prefix(slash + 1);
    }
    if (!is_container(container)) {
      return fail(ErrorKind::invalid, "the path '" + key +
                                          "' does not begin with the name of a container (3 to 63 small letters, "
                                          "digits and dashes); set containerName, or another path");
    }
  }
  const auto host_end = settings.endpoint.find('/', settings.endpoint.find("://") + 3);
  const auto base_path = host_end == std::string::npos ? std::string() : settings.endpoint.substr(host_end);
  AzurePlace place;
  place.container_path = base_path + "/" + container;
  place.container_url = settings.endpoint + "/" + container;
  place.path = place.container_path + encode_parts(name);
  place.url = place.container_url + encode_parts(name);
  return place;
}

}  // namespace qd::logstore
