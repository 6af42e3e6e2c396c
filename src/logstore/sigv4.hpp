// Signature Version 4 of AWS. Pure. Our own, as libcurl 7.88 neither signs the header of a session token nor lets one
// set the time.
//
// Source: "Signature Version 4 signing process" of the AWS documentation, with its published examples as tests.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"

namespace qd::logstore {

struct AwsCredentials {
  std::string access_key, secret_key;
  std::string session_token;          // "" for keys that are not temporary
  std::optional<UnixMillis> expires;  // of temporary ones
};

struct AwsRequest {
  std::string method;
  std::string host;                                          // with its port when it is not the scheme's own
  std::string path;                                          // percent-encoded, with leading slash
  std::vector<std::pair<std::string, std::string>> query;    // decoded, in any order
  std::vector<std::pair<std::string, std::string>> headers;  // all are signed
  std::string payload_sha256;                                // hexadecimal; also sent where `send_payload_hash`
  bool send_payload_hash = true;                             // S3 wants x-amz-content-sha256
};

struct AwsScope {
  std::string region, service;  // "us-east-1", "s3"
  UnixMillis now = 0;
};

// The headers to send: those of the request, x-amz-date, x-amz-security-token, Authorization.
std::vector<std::pair<std::string, std::string>> sign_aws_request(const AwsRequest& request,
                                                                  const AwsCredentials& credentials,
                                                                  const AwsScope& scope);

// "a=1&uploads=": sorted and encoded, as it is signed and must be sent.
std::string canonical_query(const std::vector<std::pair<std::string, std::string>>& query);

std::string hmac_sha256(std::string_view key, std::string_view data);  // bytes

}  // namespace qd::logstore
