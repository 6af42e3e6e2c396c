// Outgoing HTTP (libcurl): script URLs, webhooks, remote option values, the command line client.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "http/address_blocks.hpp"

namespace qd::http {

struct ClientRequest {
  std::string method = "GET";
  std::string url;  // credentials in it ("http://user:pass@host") are used, never shown
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string username, password;  // basic authentication, when not empty
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds timeout{30'000};  // of the whole call, redirects included; 0: none
  std::chrono::seconds stall_timeout{0};      // no byte moved for so long; 0: none
  std::size_t max_bytes = 64u << 20;          // of a body that is kept
  // At most 10. 303, and 301 or 302 after POST, go on with GET; the others repeat method and body. When the origin
  // changes, credentials and `headers` stay behind, but for Accept…, Content-Type and User-Agent.
  bool follow_redirects = true;
  bool verify_tls = true;
  // When set, the body (of the last answer, not of redirects) is handed over piece by piece instead of kept; return
  // false to stop: the answer so far is then the result.
  std::function<bool(std::string_view)> on_data;
  // The same, with the status of the answer; instead of on_data.
  std::function<bool(int, std::string_view)> on_status_data;
  // The answer is there as soon as its headers are: its body is not waited for.
  bool ignore_body = false;
  // Addresses that are never connected to, whatever names or redirects lead there; null: none.
  std::shared_ptr<const AddressBlocks> blocked;
  // Asked at least once a second when set; true ends the call with an error.
  std::function<bool()> cancelled = {};
};

struct ClientResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // of the last answer, names in lower case
  std::string body;
  std::string effective_url;                        // without credentials
  std::string header(std::string_view name) const;  // "" when absent
};

// Thread-safe: one handle per thread, connections are kept. Blocks; call it on a worker. http and https only.
// Errors: `unavailable` (cannot resolve, connect, timed out), `too_large`, `invalid` (bad URL); the message names the
// URL without its credentials.
Result<ClientResponse> fetch(const ClientRequest& request);

}  // namespace qd::http
