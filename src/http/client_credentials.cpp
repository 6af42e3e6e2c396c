#include "http/client_credentials.hpp"

#include "base/json.hpp"
#include "http/client.hpp"

namespace qd::http {

Result<std::string> client_credentials_token(const ClientCredentials& credentials) {
  ClientRequest request;
  request.method = "POST";
  request.url = credentials.endpoint;
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  request.body = "grant_type=client_credentials";
  request.username = credentials.id;
  request.password = credentials.secret;
  request.max_bytes = 1u << 20;
  request.verify_tls = credentials.verify_tls;
  request.blocked = credentials.blocked;
  request.timeout = credentials.timeout;
  const auto answer = fetch(request);
  if (!answer) return fail(answer.error());
  const auto json = parse_json(answer->body);
  const auto token = json && json->is_object() ? text_or(json->get_object(), "access_token") : "";
  if (answer->status / 100 != 2 || token.empty()) {
    return fail(ErrorKind::unavailable,
                "The token endpoint gave no token: HTTP status " + std::to_string(answer->status));
  }
  return token;
}

}  // namespace qd::http
