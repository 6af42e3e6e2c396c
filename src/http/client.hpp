// Outgoing HTTP (libcurl): script URLs, webhooks, remote option values, the command line client.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace qd::http {

struct ClientRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string username, password;  // basic authentication, when not empty
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds timeout{30'000};
  std::size_t max_bytes = 64u << 20;
  bool follow_redirects = true;  // http and https only, at most 10
  bool verify_tls = true;
  // When set, the body is handed over piece by piece instead of kept; return false to stop.
  std::function<bool(std::string_view)> on_data;
};

struct ClientResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // of the last answer, names in lower case
  std::string body;
  std::string effective_url;
  std::string header(std::string_view name) const;  // "" when absent
};

// Thread-safe: one handle per thread, connections are kept. Blocks; call it on a worker. http and https only.
// Errors: `unavailable` (cannot resolve, connect, timed out), `too_large`, `invalid` (bad URL); the message names the
// URL without its credentials.
Result<ClientResponse> fetch(const ClientRequest& request);

}  // namespace qd::http
