#include "auth/provider_documents.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/text.hpp"

namespace qd::auth {
namespace {

constexpr std::size_t kLargest = 1u << 20;
constexpr std::uintmax_t kLargestKeyFile = 64u << 10;
constexpr std::string_view kWellKnown = "/.well-known/";

std::string without_slash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

// RFC 8414: the well-known part stands between host and path.
std::string metadata_url(const std::string& base) {
  const std::size_t path = base.find('/', base.find("://") + 3);
  const std::string host = base.substr(0, path);
  return host + "/.well-known/oauth-authorization-server" + (path == std::string::npos ? "" : base.substr(path));
}

Result<std::string> read_key_file(const std::string& location) {
  std::string path = location;
  if (base::lower(path).starts_with("file:")) {
    path = path.substr(5);
    if (path.starts_with("//")) path.erase(0, std::min(path.find('/', 2), path.size()));
    path = base::percent_decode(path);
  }
  std::error_code broken;
  const auto size = std::filesystem::file_size(path, broken);
  if (broken || size > kLargestKeyFile)
    return fail(ErrorKind::invalid, path + ": " + (broken ? broken.message() : "it is larger than 64 KiB"));
  std::ifstream file(path, std::ios::binary);
  return std::string{std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

Result<JsonObject> json_object_of(const Result<WebAnswer>& answer, const std::string& url) {
  if (!answer) return fail(answer.error());
  if (answer->status != 200)
    return fail(ErrorKind::unavailable, url + " answered with status " + std::to_string(answer->status));
  JsonLimits limits;
  limits.max_bytes = kLargest;
  limits.max_depth = 32;
  auto json = parse_json(answer->body, limits);
  if (!json || !json->is_object()) return fail(ErrorKind::unavailable, url + " did not answer with a JSON object");
  return std::move(json->get_object());
}

Result<ProviderEndpoints> discover(const WebFetch& fetch, const std::string& url) {
  const bool is_document = url.find(kWellKnown) != std::string::npos;
  const std::string base = without_slash(url);
  std::string asked = is_document ? url : base + "/.well-known/openid-configuration";
  auto answer = fetch({asked});
  if (!is_document && answer && answer->status == 404) {
    asked = metadata_url(base);
    answer = fetch({asked});
  }
  const auto document = json_object_of(answer, asked);
  if (!document) return fail(document.error());
  ProviderEndpoints found;
  found.issuer = text_or(*document, "issuer");
  found.authorization = text_or(*document, "authorization_endpoint");
  found.token = text_or(*document, "token_endpoint");
  found.userinfo = text_or(*document, "userinfo_endpoint");
  found.jwks = text_or(*document, "jwks_uri");
  found.end_session = text_or(*document, "end_session_endpoint");
  found.issuer_in_answers = truth_or(*document, "authorization_response_iss_parameter_supported", false);
  if (found.issuer.empty() || found.jwks.empty())
    return fail(ErrorKind::unavailable, asked + " names no issuer or no jwks_uri");
  if (!is_document && without_slash(found.issuer) != base) {
    return fail(ErrorKind::invalid, asked + " is of the issuer \"" + found.issuer.substr(0, 200) + "\", not of \"" +
                                        base + "\"; write the issuer's URL, or the whole URL of the document");
  }
  return found;
}

Result<JwkSet> load_jwks(const WebFetch& fetch, const std::string& url) {
  const auto answer = fetch({url});
  if (!answer) return fail(answer.error());
  if (answer->status != 200)
    return fail(ErrorKind::unavailable, url + " answered with status " + std::to_string(answer->status));
  auto keys = parse_jwk_set(answer->body);
  if (!keys) return fail(keys.error().kind, url + ": " + keys.error().message);
  return keys;
}

Result<JwkSet> load_public_key(const WebFetch& fetch, const std::string& location) {
  std::string pem;
  if (base::lower(location).starts_with("http")) {
    const auto answer = fetch({location});
    if (!answer) return fail(answer.error());
    if (answer->status != 200)
      return fail(ErrorKind::unavailable, location + " answered with status " + std::to_string(answer->status));
    pem = answer->body;
  } else {
    auto text = read_key_file(location);
    if (!text) return fail(text.error());
    pem = std::move(*text);
  }
  auto key = Jwk::from_pem(pem);
  if (!key) return fail(key.error().kind, location + ": " + key.error().message);
  return JwkSet{std::move(*key)};
}

}  // namespace qd::auth
