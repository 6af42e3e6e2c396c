// Requests to a storage account of Azure, signed with its key and tried again where that helps. Internal to logstore/.
//
// Source: "Authorize with Shared Key" and "Blob Storage REST API" of Microsoft's documentation, version 2021-08-06.
#pragma once

#include <atomic>
#include <functional>
#include <utility>
#include <vector>

#include "http/client.hpp"
#include "logstore/azure_settings.hpp"

namespace qd::logstore {

struct AzureRequest {
  std::string method = "GET";
  std::string url, path;  // as azure_place_of() gives them
  std::vector<std::pair<std::string, std::string>> query = {};
  std::vector<std::pair<std::string, std::string>> headers = {};  // x-ms-… and Range, names in lower case
  std::string body = {};
  std::function<bool(int status, std::string_view)> on_data = {};  // of the body of a good answer
};

// What is signed: the request's lines in the order that Azure prescribes. `date` is the value of x-ms-date. Pure.
std::string azure_text_to_sign(const AzureRequest& request, const std::string& account,
                               const std::vector<std::pair<std::string, std::string>>& headers);

// Thread-safe; blocks.
class AzureClient {
 public:
  explicit AzureClient(AzureSettings settings) : settings_(std::move(settings)) {}

  const AzureSettings& settings() const { return settings_; }
  // Answers 2xx, 404 and those of `fine`; errors name method, path, status and what the server said. Slow servers and
  // cut connections, 408, 429 and 5xx are tried again up to five times in all, a wrong clock of ours is corrected.
  // `again`, when given, is asked before each repetition and may change the request; false ends it.
  Result<http::ClientResponse> send(AzureRequest request, const std::function<bool(AzureRequest&)>& again = {},
                                    const std::vector<int>& fine = {});

 private:
  struct Attempt;
  Attempt attempt(const AzureRequest& request, const std::vector<int>& fine);
  bool learn_clock(const http::ClientResponse& answer);

  const AzureSettings settings_;
  std::atomic<std::int64_t> clock_offset_ = 0;  // of the server's clock to ours
};

}  // namespace qd::logstore
