// Talks to the server: credentials, API version, redirects, retries of reads, and errors that tell what to do.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.hpp"
#include "cli/out.hpp"
#include "cli/settings.hpp"
#include "http/client.hpp"

namespace qd::cli {

using Query = std::vector<std::pair<std::string, std::string>>;
using Fetch = std::function<Result<http::ClientResponse>(const http::ClientRequest&)>;

inline constexpr int kApiVersion = 59;  // what qd speaks unless told otherwise

// "project/My%20Project/jobs"
std::string api_path(const std::vector<std::string>& segments);
// "a=1&b=%20", entries with an empty value are left out.
std::string encode_query(const Query& query);

// A redirect there means: not logged in.
bool leads_to_login_page(const std::string& location);

struct Call {
  std::string method = "GET";
  std::string path;  // below /api/NN/, encoded
  Query query;
  std::string body;
  std::string content_type;  // "" when there is no body
  std::string accept = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;
  std::function<bool(std::string_view)>
      on_data;  // as in http::ClientRequest; such calls have no time limit but an hour
};

// Not thread-safe. Nothing is sent before the first call; the first call logs in when there is a user and no token.
//
// Errors: `unavailable` when the server cannot be reached (GETs are tried three times), `unauthenticated`,
// `unauthorized`, `not_found`, `conflict`, `invalid`, `internal` after its answer. Credentials never leave for another
// host than the one of the settings.
class Api {
 public:
  Api(const Settings& settings, Out& out, Fetch fetch);

  Result<Json> get(const std::string& path, const Query& query = {});
  // The answer is null when it has no content.
  Result<Json> send(const std::string& method, const std::string& path, const Query& query = {});
  Result<Json> send_json(const std::string& method, const std::string& path, const Json& body, const Query& query = {});
  Result<Json> send_call(Call call);
  // The answer as it came, 2xx or not when `call.on_data` is set, otherwise 2xx only.
  Result<http::ClientResponse> raw(const Call& call);

  int version() const { return version_; }

 private:
  Result<> log_in();
  Result<> finish_login(http::ClientResponse answer, std::string url);
  Result<http::ClientResponse> exchange(const Call& call);
  Result<http::ClientResponse> fetch_logged(const http::ClientRequest& request, bool safe_to_repeat);
  http::ClientRequest request_of(const Call& call) const;
  std::optional<std::string> own_url(const std::string& location, const std::string& from) const;
  void keep_cookies(const http::ClientResponse& answer);
  void add_credentials(http::ClientRequest& request) const;
  Error explain(const http::ClientResponse& answer, const std::string& what) const;
  bool lower_version(const http::ClientResponse& answer);
  void trace(const http::ClientRequest& request, const Result<http::ClientResponse>& answer) const;

  const Settings& settings_;
  Out& out_;
  Fetch fetch_;
  int version_;
  bool logged_in_ = false;
  std::vector<std::pair<std::string, std::string>> cookies_;
};

}  // namespace qd::cli
