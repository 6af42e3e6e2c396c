// Signed requests to one bucket, tried again where that helps. Internal to logstore/.
#pragma once

#include <atomic>
#include <functional>

#include "http/client.hpp"
#include "logstore/aws_credentials.hpp"
#include "logstore/s3_settings.hpp"

namespace qd::logstore {

struct S3Request {
  std::string method = "GET";
  std::string key;
  std::vector<std::pair<std::string, std::string>> query = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  std::function<bool(int status, std::string_view)> on_data = {};  // of the body of a good answer
};

// Thread-safe; blocks.
class S3Client {
 public:
  S3Client(S3Settings settings, Settings credentials, std::map<std::string, std::string> environment);

  const S3Settings& settings() const { return settings_; }
  // Answers 2xx and 404, or an error that names method, key, status and what the server said. Slow servers and cut
  // connections, 429 and 5xx are tried again up to five times in all, a wrong clock of ours is corrected, refused
  // temporary keys are fetched anew. `again`, when given, is asked before each repetition and may change the request;
  // false ends it.
  Result<http::ClientResponse> send(S3Request request, const std::function<bool(S3Request&)>& again = {});

 private:
  struct Attempt;
  Attempt attempt(const S3Request& request);
  UnixMillis now() const;
  bool learn_clock(const http::ClientResponse& answer);

  const S3Settings settings_;
  AwsCredentialChain credentials_;
  std::atomic<std::int64_t> clock_offset_ = 0;  // of the server's clock to ours
};

}  // namespace qd::logstore
