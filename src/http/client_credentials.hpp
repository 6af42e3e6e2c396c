// Access tokens by the client credentials grant of OAuth 2.0 (RFC 6749, section 4.4).
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "http/address_blocks.hpp"

namespace qd::http {

struct ClientCredentials {
  std::string endpoint;
  std::string id, secret;
  bool verify_tls = true;
  std::shared_ptr<const AddressBlocks> blocked = {};
  std::chrono::milliseconds timeout{30'000};
};

// Blocks for one request.
Result<std::string> client_credentials_token(const ClientCredentials& credentials);

}  // namespace qd::http
