// The source `url`: GETs a document, again only when it changed, and keeps the last good nodes while it cannot.
#include "base/text.hpp"
#include "http/client.hpp"
#include "node/last_good.hpp"
#include "node/resource_file.hpp"
#include "node/resource_source.hpp"

namespace qd::node {
namespace {

constexpr std::size_t kMaxAnswer = 64u << 20;
constexpr std::int64_t kDefaultTimeout = 30;
constexpr std::int64_t kLongestTimeout = 600;  // also what `0`, no timeout, means

class UrlSource final : public ResourceSource {
 public:
  UrlSource(std::string url, std::chrono::seconds timeout, bool cache, LastGood last_good,
            std::shared_ptr<const http::AddressBlocks> blocked)
      : url_(std::move(url)),
        timeout_(timeout),
        cache_(cache),
        last_good_(std::move(last_good)),
        blocked_(std::move(blocked)) {}

  bool remote() const override { return true; }

  Result<std::vector<model::Node>> load(std::vector<std::string>& problems) override {
    auto fetched = fetch();
    if (fetched) {
      if (!*fetched) return good_;  // not modified
      good_ = std::move(**fetched);
      has_good_ = true;
      last_good_.save(good_);
      return good_;
    }
    if (!has_good_) has_good_ = last_good_.load(good_);
    if (!has_good_) return fail(fetched.error());
    problems.push_back(fetched.error().message + " The nodes are those of the last good answer.");
    return good_;
  }

 private:
  // nullopt: not modified.
  Result<std::optional<std::vector<model::Node>>> fetch() {
    http::ClientRequest request;
    request.url = url_;
    request.timeout = timeout_;
    request.max_bytes = kMaxAnswer;
    request.blocked = blocked_;
    request.headers = {{"Accept", "application/json, text/xml, application/xml;q=0.9, */yaml, */x-yaml, */*;q=0.1"}};
    const bool conditional = cache_ && has_good_;
    if (conditional && !etag_.empty()) request.headers.emplace_back("If-None-Match", etag_);
    if (conditional && !modified_.empty()) request.headers.emplace_back("If-Modified-Since", modified_);
    const auto answer = http::fetch(request);
    if (!answer) return wrong(answer.error().message, answer.error().kind);
    if (answer->status == 304 && conditional) return std::optional<std::vector<model::Node>>();
    if (answer->status != 200) return wrong("the server answered with status " + std::to_string(answer->status));
    const auto type = answer->header("content-type");
    auto format = codec::node_format_by_media_type(type);
    if (!format) format = codec::node_format_by_extension(path_of(answer->effective_url));
    if (!format) return wrong("Response content type is not supported: " + type);
    auto nodes = codec::decode_nodes(answer->body, *format);
    if (!nodes) return wrong("Content could not be parsed: " + nodes.error().message, nodes.error().kind);
    etag_ = answer->header("etag");
    modified_ = answer->header("last-modified");
    return std::optional(std::move(*nodes));
  }

  static std::string path_of(const std::string& url) { return url.substr(0, url.find_first_of("?#")); }

  static tl::unexpected<Error> wrong(const std::string& what, ErrorKind kind = ErrorKind::unavailable) {
    return fail(kind, "Error requesting URL Resource Model Source: " + what);
  }

  std::string url_;
  std::chrono::seconds timeout_;
  bool cache_;
  LastGood last_good_;
  std::shared_ptr<const http::AddressBlocks> blocked_;
  std::string etag_, modified_;
  std::vector<model::Node> good_;
  bool has_good_ = false;
};

// file:/path and file:///path
Result<std::unique_ptr<ResourceSource>> make_file_url_source(const std::string& url, const SourceParts& parts) {
  std::string path = url.substr(5);
  if (path.starts_with("//")) path.erase(0, path.find('/', 2));
  return make_file_source({{"file", base::percent_decode(path)}, {"requireFileExists", "true"}}, parts);
}

}  // namespace

Result<std::unique_ptr<ResourceSource>> make_url_source(const std::string& project, const SourceConfig& config,
                                                        const SourceParts& parts) {
  const auto url = needed(config, "url");
  if (!url) return fail(url.error());
  const auto scheme = base::lower(url->substr(0, url->find(':')));
  if (scheme == "file") return make_file_url_source(*url, parts);
  if (scheme != "http" && scheme != "https") {
    return fail(ErrorKind::invalid, "url protocol not allowed: " + scheme + "; use http, https or file");
  }
  const auto timeout_text = config_text(config, "timeout");
  const auto timeout = timeout_text.empty() ? kDefaultTimeout : base::parse_int(timeout_text).value_or(-1);
  if (timeout < 0) return fail(ErrorKind::invalid, "timeout is invalid: " + timeout_text + "; it must be seconds");
  const auto seconds = std::chrono::seconds(timeout == 0 ? kLongestTimeout : std::min(timeout, kLongestTimeout));
  const bool cache = config_text(config, "cache").empty() || config_truth(config, "cache");
  return std::make_unique<UrlSource>(*url, seconds, cache, LastGood(parts.cache_directory, project, "url " + *url),
                                     parts.blocked);
}

}  // namespace qd::node
