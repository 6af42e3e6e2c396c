// The settings of the S3 log store, under the names of the public S3 log storage plugin. Pure.
#pragma once

#include "logstore/log_store.hpp"

namespace qd::logstore {

struct S3Settings {
  std::string bucket;
  std::string region = "us-east-1";
  std::string endpoint;     // "https://host:port/prefix", without a slash at the end
  bool path_style = false;  // endpoint/bucket/key; also where a bucket or a host cannot be a part of a name
  bool encode_metadata = false;
  std::string encryption;  // "" or AES256, aws:kms, aws:kms:dsse
  std::string kms_key;
  std::size_t part_bytes = 8u << 20;  // of multipart uploads, which larger files are
};

// Settings: bucket (needed), region, endpoint, pathStyle, encodeUserMetadata; forceSigV4 and useSigV2 are read and
// change nothing (it is always 4). Ours: serverSideEncryption, sseKmsKeyId, partSizeMB (5 to 512).
Result<S3Settings> parse_s3_settings(const Settings& settings);

// Where a key is: URL without query, and the host and encoded path that are signed.
struct S3Place {
  std::string url, host, path;
};
S3Place place_of(const S3Settings& settings, const std::string& key);

// "x-amz-meta-…" headers. Values that are no ASCII are encoded as in a query when `encode_metadata` says so; else each
// such byte becomes "?", as headers cannot carry it.
std::vector<std::pair<std::string, std::string>> metadata_headers(const S3Settings& settings, const Metadata& metadata);

}  // namespace qd::logstore
