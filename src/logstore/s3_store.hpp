// A bucket of S3, or of whatever speaks its protocol.
#pragma once

#include "logstore/s3_client.hpp"

namespace qd::logstore {

// Files above twice the size of a part go up in parts, each tried again by itself; a transfer that fails leaves no
// parts behind. Downloads that were cut go on where they ended.
class S3Store final : public LogStore {
 public:
  S3Store(S3Settings settings, Settings credentials, std::map<std::string, std::string> environment)
      : client_(std::move(settings), std::move(credentials), std::move(environment)) {}

  Result<> put(const std::string& key, const Body& body, const Metadata& metadata, const Progress& progress) override;
  Result<bool> get(const std::string& key, const std::string& path, const Progress& progress) override;
  Result<std::optional<Stored>> find(const std::string& key) override;
  Result<> remove(const std::string& key) override;

 private:
  std::vector<std::pair<std::string, std::string>> new_file_headers(const Metadata& metadata) const;
  Result<> put_whole(const std::string& key, const Body& body, const Metadata& metadata);
  Result<> put_in_parts(const std::string& key, const Body& body, const Metadata& metadata, const Progress& progress);
  Result<std::string> begin_parts(const std::string& key, const Metadata& metadata);
  Result<std::string> put_parts(const std::string& key, const std::string& upload, const Body& body,
                                const Progress& progress);
  Result<> finish_parts(const std::string& key, const std::string& upload, std::string list);

  S3Client client_;
};

}  // namespace qd::logstore
