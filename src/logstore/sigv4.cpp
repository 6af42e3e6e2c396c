#include "logstore/sigv4.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/id.hpp"
#include "base/text.hpp"

namespace qd::logstore {
namespace {

constexpr const char* kAlgorithm = "AWS4-HMAC-SHA256";

// "20130524T000000Z"
std::string compact_time(UnixMillis now) {
  std::string text = iso8601(now);
  std::erase_if(text, [](char letter) { return letter == '-' || letter == ':'; });
  return text;
}

// Trimmed, runs of blanks made one.
std::string canonical_value(std::string_view value) {
  std::string text;
  for (const char letter : base::trim(value)) {
    if (letter == ' ' && !text.empty() && text.back() == ' ') continue;
    text += letter;
  }
  return text;
}

}  // namespace

std::string hmac_sha256(std::string_view key, std::string_view data) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(data.data()),
       data.size(), digest.data(), &size);
  return {reinterpret_cast<const char*>(digest.data()), size};
}

std::string canonical_query(const std::vector<std::pair<std::string, std::string>>& query) {
  std::vector<std::pair<std::string, std::string>> encoded;
  for (const auto& [name, value] : query) encoded.emplace_back(base::percent_encode(name), base::percent_encode(value));
  std::sort(encoded.begin(), encoded.end());
  std::string text;
  for (const auto& [name, value] : encoded) {
    if (!text.empty()) text += '&';
    text.append(name).append("=").append(value);
  }
  return text;
}

std::vector<std::pair<std::string, std::string>> sign_aws_request(const AwsRequest& request,
                                                                  const AwsCredentials& credentials,
                                                                  const AwsScope& scope) {
  const std::string time = compact_time(scope.now);
  const std::string day = time.substr(0, 8);
  auto headers = request.headers;
  headers.emplace_back("x-amz-date", time);
  if (request.send_payload_hash) headers.emplace_back("x-amz-content-sha256", request.payload_sha256);
  if (!credentials.session_token.empty()) headers.emplace_back("x-amz-security-token", credentials.session_token);

  std::map<std::string, std::string> sorted{{"host", request.host}};
  for (const auto& [name, value] : headers) sorted[base::lower(name)] = canonical_value(value);
  std::string canonical_headers, signed_names;
  for (const auto& [name, value] : sorted) {
    canonical_headers.append(name).append(":").append(value).append("\n");
    signed_names.append(signed_names.empty() ? "" : ";").append(name);
  }
  const std::string canonical = request.method + "\n" + request.path + "\n" + canonical_query(request.query) + "\n" +
                                canonical_headers + "\n" + signed_names + "\n" + request.payload_sha256;
  const std::string credential_scope = day + "/" + scope.region + "/" + scope.service + "/aws4_request";
  const std::string to_sign =
      std::string(kAlgorithm) + "\n" + time + "\n" + credential_scope + "\n" + base::sha256_hex(canonical);
  std::string key = hmac_sha256("AWS4" + credentials.secret_key, day);
  for (const auto& part : {scope.region, scope.service, std::string("aws4_request")}) key = hmac_sha256(key, part);
  headers.emplace_back("Authorization", std::string(kAlgorithm) + " Credential=" + credentials.access_key + "/" +
                                            credential_scope + ", SignedHeaders=" + signed_names +
                                            ", Signature=" + base::hex(hmac_sha256(key, to_sign)));
  return headers;
}

}  // namespace qd::logstore
