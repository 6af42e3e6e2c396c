// Takes every request of the server: finds out who asks, which route it is, and turns what comes back into an answer.
#pragma once

#include <memory>
#include <optional>

#include "api/route.hpp"
#include "api/services.hpp"
#include "http/body_file.hpp"
#include "http/message.hpp"

namespace qd::api {

// Thread-safe; handle() runs on a worker and may block on the database.
class Dispatcher {
 public:
  explicit Dispatcher(Services services);
  ~Dispatcher();

  // `upload` is the body of a request whose intake is `to_disk`.
  using Upload = std::shared_ptr<const http::BodyFile>;
  http::Response handle(const http::Request& request, const Upload& upload = nullptr);
  // The answer to what the server itself refuses (413, 408, 503…), in the API's envelope.
  static http::Response refusal(int status, const std::string& message, const http::Request& request);
  // How the body of this request is to be taken; only its headers are known yet. Does not block.
  Intake intake(const http::Request& request) const;
  // What a request to disk is answered before its body is read, when nothing is to come of it. On a worker; blocks.
  std::optional<http::Response> refuse_upload(const http::Request& request);
  // Security headers of every answer.
  static http::Headers common_headers(bool tls);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace qd::api
