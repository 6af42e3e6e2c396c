// A container of Azure Blob Storage, or of whatever speaks its protocol.
#pragma once

#include "logstore/azure_client.hpp"

namespace qd::logstore {

// Files above twice the size of a block go up in blocks, each tried again by itself, and are seen when all are there. A
// container that is not there is made. Downloads that were cut go on where they ended.
class AzureStore final : public LogStore {
 public:
  explicit AzureStore(AzureSettings settings) : client_(std::move(settings)) {}

  Result<> put(const std::string& key, const Body& body, const Metadata& metadata, const Progress& progress) override;
  Result<bool> get(const std::string& key, const std::string& path, const Progress& progress) override;
  Result<std::optional<Stored>> find(const std::string& key) override;
  Result<> remove(const std::string& key) override;

 private:
  Result<AzurePlace> place(const std::string& key) const;
  Result<> put_whole(const AzurePlace& place, const Body& body, const Metadata& metadata);
  Result<> put_in_blocks(const AzurePlace& place, const Body& body, const Metadata& metadata, const Progress& progress);
  Result<http::ClientResponse> send_to_container(const AzurePlace& place, const AzureRequest& request);

  AzureClient client_;
};

// "x-ms-meta-…" headers: "rundeck.execid" is `execid`, as names with dots are none there; what is no ASCII becomes "?".
std::vector<std::pair<std::string, std::string>> azure_metadata_headers(const Metadata& metadata);

}  // namespace qd::logstore
