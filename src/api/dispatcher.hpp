// Takes every request of the server: finds out who asks, which route it is, and turns what comes back into an answer.
#pragma once

#include <memory>

#include "api/services.hpp"
#include "http/message.hpp"

namespace qd::api {

// Thread-safe; handle() runs on a worker and may block on the database.
class Dispatcher {
 public:
  explicit Dispatcher(Services services);
  ~Dispatcher();

  http::Response handle(const http::Request& request);
  // The answer to what the server itself refuses (413, 408, 503…), in the API's envelope.
  static http::Response refusal(int status, const std::string& message, const http::Request& request);
  // How large the body of this request may be; only its headers are known yet.
  static std::size_t body_limit(const http::Request& request);
  // Security headers of every answer.
  static http::Headers common_headers(bool tls);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace qd::api
