// The settings of the Azure log store, under the names of the peer's Azure plugin. Pure.
#pragma once

#include "logstore/log_store.hpp"

namespace qd::logstore {

struct AzureSettings {
  std::string account;
  std::string key;        // bytes, of the base64 that users write
  std::string endpoint;   // "https://ACCOUNT.blob.core.windows.net" or another, without a slash at the end
  std::string container;  // lower case; "": the first part of a file's path is the container
  std::size_t block_bytes = 8u << 20;
};

// storageAccount and accessKey (needed), defaultEndpointProtocol (https), containerName, extraConnectionSettings (as in
// a connection string: BlobEndpoint and EndpointSuffix are looked at). Ours: endpoint, blockSizeMB (1 to 100).
Result<AzureSettings> parse_azure_settings(const Settings& settings);

// Where a key is: URL without query, path as it is signed, and the URL of its container.
struct AzurePlace {
  std::string url, path;
  std::string container_url, container_path;
};
// The error: the key has no folder, which would be the container, or one that is no container's name.
Result<AzurePlace> azure_place_of(const AzureSettings& settings, const std::string& key);

}  // namespace qd::logstore
