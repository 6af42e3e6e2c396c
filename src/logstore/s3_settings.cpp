#include "logstore/s3_settings.hpp"

#include <algorithm>
#include <cctype>

#include "base/text.hpp"

namespace qd::logstore {
namespace {

constexpr std::int64_t kLeastPartMb = 5;  // S3's own limits
constexpr std::int64_t kMostPartMb = 512;

bool is_host_label(std::string_view bucket) {
  if (bucket.size() < 3 || bucket.size() > 63) return false;
  return std::all_of(bucket.begin(), bucket.end(), [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '-';
  });
}

bool is_address(std::string_view host) {
  const auto name = host.substr(0, host.rfind(':'));
  if (host.starts_with('[')) return true;
  return !name.empty() && name.find_first_not_of("0123456789.") == std::string_view::npos;
}

// Host with its port when that is not the scheme's own: what libcurl sends.
std::string host_of(std::string_view url) {
  const bool tls = url.starts_with("https://");
  url.remove_prefix(url.find("://") + 3);
  std::string host(url.substr(0, url.find('/')));
  const std::string_view standard = tls ? ":443" : ":80";
  if (host.ends_with(standard)) host.resize(host.size() - standard.size());
  return base::lower(host);
}

std::string path_of_url(std::string_view url) {
  const auto slash = url.find('/', url.find("://") + 3);
  return slash == std::string_view::npos ? std::string() : std::string(url.substr(slash));
}

std::string encode_key(const std::string& key) {
  std::string path;
  for (const auto& part : base::split(key, '/')) path.append("/").append(base::percent_encode(part));
  return path;
}

Result<std::string> parse_endpoint(const Settings& settings, const std::string& region) {
  auto endpoint = setting_or(settings, "endpoint");
  if (endpoint.empty()) {
    return "https://s3." + region + ".amazonaws.com" + (region.starts_with("cn-") ? ".cn" : "");
  }
  if (endpoint.find("://") == std::string::npos) endpoint.insert(0, "https://");
  while (endpoint.ends_with('/')) endpoint.pop_back();
  const bool web = endpoint.starts_with("https://") || endpoint.starts_with("http://");
  if (!web || host_of(endpoint).empty() || endpoint.find_first_of("?#@ ") != std::string::npos)
    return fail(ErrorKind::invalid, "endpoint: '" + endpoint + "': expected a URL like https://host:port");
  return endpoint;
}

Result<> parse_encryption(const Settings& settings, S3Settings& into) {
  into.encryption = setting_or(settings, "serverSideEncryption");
  into.kms_key = setting_or(settings, "sseKmsKeyId");
  if (!into.kms_key.empty() && into.encryption.empty()) into.encryption = "aws:kms";
  for (const char* known : {"", "AES256", "aws:kms", "aws:kms:dsse"}) {
    if (into.encryption == known) return {};
  }
  return fail(ErrorKind::invalid,
              "serverSideEncryption: '" + into.encryption + "': expected AES256, aws:kms or aws:kms:dsse");
}

}  // namespace

Result<S3Settings> parse_s3_settings(const Settings& settings) {
  S3Settings parsed;
  parsed.bucket = setting_or(settings, "bucket");
  if (parsed.bucket.empty()) return fail(ErrorKind::invalid, "bucket: not set");
  if (parsed.bucket.find_first_of("/?# ") != std::string::npos)
    return fail(ErrorKind::invalid, "bucket: '" + parsed.bucket + "' is no name of a bucket");
  parsed.region = setting_or(settings, "region", parsed.region);
  if (parsed.region.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") != std::string::npos)
    return fail(ErrorKind::invalid, "region: '" + parsed.region + "': expected a name like us-east-1");
  auto endpoint = parse_endpoint(settings, parsed.region);
  if (!endpoint) return fail(endpoint.error());
  parsed.endpoint = std::move(*endpoint);
  const auto path_style = flag_or(settings, "pathStyle", false);
  if (!path_style) return fail(path_style.error());
  parsed.path_style = *path_style || !is_host_label(parsed.bucket) || is_address(host_of(parsed.endpoint));
  const auto encode = flag_or(settings, "encodeUserMetadata", false);
  if (!encode) return fail(encode.error());
  parsed.encode_metadata = *encode;
  if (auto encryption = parse_encryption(settings, parsed); !encryption) return fail(encryption.error());
  const auto part_text = setting_or(settings, "partSizeMB", "8");
  const auto part = base::parse_int(part_text);
  if (!part || *part < kLeastPartMb || *part > kMostPartMb)
    return fail(ErrorKind::invalid, "partSizeMB: '" + part_text + "': expected 5 to 512");
  parsed.part_bytes = static_cast<std::size_t>(*part) << 20;
  return parsed;
}

S3Place place_of(const S3Settings& settings, const std::string& key) {
  S3Place place;
  const auto host = host_of(settings.endpoint);
  const auto scheme = settings.endpoint.substr(0, settings.endpoint.find("://") + 3);
  place.path = path_of_url(settings.endpoint);
  if (settings.path_style) {
    place.host = host;
    place.path += "/" + base::percent_encode(settings.bucket);
  } else {
    place.host = settings.bucket + "." + host;
  }
  place.path += encode_key(key);
  place.url = scheme + place.host + place.path;
  return place;
}

std::vector<std::pair<std::string, std::string>> metadata_headers(const S3Settings& settings,
                                                                  const Metadata& metadata) {
  std::vector<std::pair<std::string, std::string>> headers;
  for (const auto& [name, value] : metadata) {
    std::string text(base::trim(value));
    if (text.empty()) continue;
    if (settings.encode_metadata) {
      text = base::replace_all(base::percent_encode(text), "%20", "+");
    } else {
      for (char& letter : text) {
        const auto byte = static_cast<unsigned char>(letter);
        if (byte < 0x20 || byte > 0x7e) letter = '?';
      }
    }
    headers.emplace_back("x-amz-meta-" + base::lower(name), std::move(text));
  }
  return headers;
}

}  // namespace qd::logstore
