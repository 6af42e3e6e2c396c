#include "logstore/aws_credentials.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <pugixml.hpp>

#include "base/id.hpp"
#include "base/json.hpp"
#include "base/properties.hpp"
#include "base/text.hpp"
#include "http/client.hpp"

namespace qd::logstore {
namespace {

constexpr UnixMillis kRenewBefore = 5 * 60'000;
constexpr std::size_t kMaxFile = 1 << 20;
constexpr int kMaxRoles = 4;  // roles that are assumed by way of others
constexpr const char* kInstanceService = "http://169.254.169.254";
constexpr const char* kContainerService = "http://169.254.170.2";
constexpr const char* kRolePath = "/latest/meta-data/iam/security-credentials/";

Result<std::string> read_small_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(ErrorKind::not_found, "cannot read " + path);
  std::string text(kMaxFile, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

std::string entry(const std::map<std::string, std::string>& entries, const std::string& name) {
  const auto found = entries.find(name);
  return found == entries.end() ? std::string() : found->second;
}

http::ClientRequest metadata_request(std::string method, std::string url) {
  http::ClientRequest request;
  request.method = std::move(method);
  request.url = std::move(url);
  request.connect_timeout = std::chrono::seconds(1);
  request.timeout = std::chrono::seconds(3);
  request.max_bytes = 64 << 10;
  request.follow_redirects = false;
  return request;
}

Result<std::string> text_of(const http::ClientRequest& request) {
  const auto answer = http::fetch(request);
  if (!answer) return fail(answer.error());
  if (answer->status == 200) return answer->body;
  return fail(ErrorKind::unavailable, request.url + " answered " + std::to_string(answer->status));
}

Result<AwsCredentials> read_metadata_answer(const std::string& text) {
  const auto json = parse_json(text);
  if (!json || !json->is_object())
    return fail(ErrorKind::unavailable, "the metadata service answered something that is no JSON object");
  const auto& object = json->as_object();
  AwsCredentials credentials{text_or(object, "AccessKeyId"), text_or(object, "SecretAccessKey"),
                             text_or(object, "Token"), parse_iso8601(text_or(object, "Expiration"))};
  if (credentials.access_key.empty() || credentials.secret_key.empty())
    return fail(ErrorKind::unavailable, "the metadata service answered no keys: " + text_or(object, "Message"));
  return credentials;
}

}  // namespace

std::map<std::string, std::map<std::string, std::string>> parse_aws_profiles(std::string_view text) {
  std::map<std::string, std::map<std::string, std::string>> profiles;
  std::string section;
  for (const auto& raw : base::split(text, '\n')) {
    auto line = base::trim(raw);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[' && line.back() == ']') {
      line = base::trim(line.substr(1, line.size() - 2));
      if (line.starts_with("profile ")) line = base::trim(line.substr(8));
      section = std::string(line);
      continue;
    }
    const auto equals = line.find('=');
    if (equals == std::string_view::npos || section.empty()) continue;
    profiles[section][base::lower(base::trim(line.substr(0, equals)))] =
        std::string(base::trim(line.substr(equals + 1)));
  }
  return profiles;
}

std::string AwsCredentialChain::variable(const std::string& name) const {
  return entry(environment_, name);
}

Result<AwsCredentials> AwsCredentialChain::get(UnixMillis now) {
  const std::lock_guard lock(mutex_);
  if (known_ && (!known_->expires || *known_->expires - kRenewBefore > now)) return *known_;
  auto found = look(now);
  if (!found) return found;
  known_ = *found;
  return found;
}

void AwsCredentialChain::forget() {
  const std::lock_guard lock(mutex_);
  known_.reset();
}

Result<AwsCredentials> AwsCredentialChain::look(UnixMillis now) {
  if (!setting_or(settings_, "AWSAccessKeyId").empty() || !setting_or(settings_, "AWSSecretKey").empty())
    return from_settings();
  if (const auto path = setting_or(settings_, "AWSCredentialsFile"); !path.empty()) return from_file(path);
  const auto profile = setting_or(settings_, "profile");
  if (!profile.empty()) return from_profile(profile, now, 0);
  std::string tried;
  const auto note = [&](const char* where, const Found& found) {
    tried += std::string("; ") + where + ": " + found.error().message;
  };
  auto found = from_environment();
  if (found) return found;
  note("environment", found);
  const auto named = variable("AWS_PROFILE");
  found = from_profile(named.empty() ? "default" : named, now, 0);
  if (found) return found;
  note("profile", found);
  found = from_container();
  if (found) return found;
  note("container", found);
  found = from_instance();
  if (found) return found;
  note("instance", found);
  return fail(ErrorKind::unavailable,
              "No credentials for S3: set AWSAccessKeyId and AWSSecretKey, or AWSCredentialsFile" + tried);
}

Result<AwsCredentials> AwsCredentialChain::from_settings() const {
  AwsCredentials credentials{setting_or(settings_, "AWSAccessKeyId"), setting_or(settings_, "AWSSecretKey"), {}, {}};
  if (!credentials.access_key.empty() && !credentials.secret_key.empty()) return credentials;
  return fail(ErrorKind::invalid, "AWSAccessKeyId and AWSSecretKey must both be configured");
}

Result<AwsCredentials> AwsCredentialChain::from_file(const std::string& path) const {
  const auto text = read_small_file(path);
  if (!text) return fail(ErrorKind::invalid, "AWSCredentialsFile: " + text.error().message);
  const auto properties = base::parse_properties(*text);
  if (!properties) return fail(ErrorKind::invalid, "AWSCredentialsFile " + path + ": " + properties.error().message);
  AwsCredentials credentials;
  for (const auto& property : *properties) {
    if (property.key == "accessKey") credentials.access_key = property.value;
    if (property.key == "secretKey") credentials.secret_key = property.value;
  }
  if (!credentials.access_key.empty() && !credentials.secret_key.empty()) return credentials;
  return fail(ErrorKind::invalid, "AWSCredentialsFile " + path + " must hold accessKey and secretKey");
}

Result<AwsCredentials> AwsCredentialChain::from_environment() const {
  AwsCredentials credentials{variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"),
                             variable("AWS_SESSION_TOKEN"), std::nullopt};
  if (credentials.access_key.empty()) credentials.access_key = variable("AWS_ACCESS_KEY");
  if (credentials.secret_key.empty()) credentials.secret_key = variable("AWS_SECRET_KEY");
  if (!credentials.access_key.empty() && !credentials.secret_key.empty()) return credentials;
  return fail(ErrorKind::not_found, "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set");
}

Result<AwsCredentials> AwsCredentialChain::from_profile(const std::string& name, UnixMillis now, int depth) const {
  const auto file = [&](const char* named, const char* standard) {
    const auto path = variable(named);
    return path.empty() ? (std::filesystem::path(variable("HOME")) / ".aws" / standard).string() : path;
  };
  std::map<std::string, std::string> profile;
  for (const auto& path : {file("AWS_SHARED_CREDENTIALS_FILE", "credentials"), file("AWS_CONFIG_FILE", "config")}) {
    const auto text = read_small_file(path);
    if (!text) continue;
    const auto profiles = parse_aws_profiles(*text);
    const auto found = profiles.find(name);
    if (found != profiles.end()) profile.insert(found->second.begin(), found->second.end());
  }
  if (profile.empty()) return fail(ErrorKind::not_found, "there is no profile '" + name + "' in AWS's shared files");
  if (!entry(profile, "role_arn").empty()) {
    if (depth >= kMaxRoles) return fail(ErrorKind::invalid, "the roles of profile '" + name + "' run in a circle");
    const auto source = entry(profile, "source_profile");
    auto credentials = source.empty() ? from_environment() : from_profile(source, now, depth + 1);
    if (!credentials) return credentials;
    return assume_role(profile, *credentials, now);
  }
  AwsCredentials credentials{entry(profile, "aws_access_key_id"), entry(profile, "aws_secret_access_key"),
                             entry(profile, "aws_session_token"), std::nullopt};
  if (!credentials.access_key.empty() && !credentials.secret_key.empty()) return credentials;
  return fail(ErrorKind::invalid, "profile '" + name + "' holds neither keys nor a role");
}

Result<AwsCredentials> AwsCredentialChain::assume_role(const std::map<std::string, std::string>& profile,
                                                       const AwsCredentials& source, UnixMillis now) const {
  const auto own_region = entry(profile, "region");
  const auto region = own_region.empty() ? region_ : own_region;
  auto endpoint = variable("AWS_ENDPOINT_URL_STS");
  if (endpoint.empty()) endpoint = "https://sts." + region + ".amazonaws.com";
  auto session = entry(profile, "role_session_name");
  if (session.empty()) session = "quarterdeck";
  std::vector<std::pair<std::string, std::string>> form{{"Action", "AssumeRole"},
                                                        {"Version", "2011-06-15"},
                                                        {"RoleArn", entry(profile, "role_arn")},
                                                        {"RoleSessionName", session}};
  if (const auto id = entry(profile, "external_id"); !id.empty()) form.emplace_back("ExternalId", id);
  http::ClientRequest request = metadata_request("POST", endpoint + "/");
  request.connect_timeout = std::chrono::seconds(5);
  request.timeout = std::chrono::seconds(10);
  request.body = canonical_query(form);
  AwsRequest to_sign;
  to_sign.method = "POST";
  to_sign.host = endpoint.substr(endpoint.find("://") + 3);
  to_sign.path = "/";
  to_sign.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  to_sign.payload_sha256 = base::sha256_hex(request.body);
  to_sign.send_payload_hash = false;
  request.headers = sign_aws_request(to_sign, source, {region, "sts", now});
  const auto answer = http::fetch(request);
  if (!answer) return fail(answer.error());
  pugi::xml_document document;
  document.load_buffer(answer->body.data(), answer->body.size());
  const auto value = [&](const char* name) {
    return std::string(
        document.find_node([&](const pugi::xml_node& node) { return std::string_view(node.name()) == name; })
            .text()
            .get());
  };
  AwsCredentials credentials{value("AccessKeyId"), value("SecretAccessKey"), value("SessionToken"),
                             parse_iso8601(value("Expiration"))};
  if (answer->status == 200 && !credentials.access_key.empty()) return credentials;
  return fail(ErrorKind::unavailable, "the role " + entry(profile, "role_arn") +
                                          " was not given: " + std::to_string(answer->status) + " " + value("Code") +
                                          " " + value("Message"));
}

Result<AwsCredentials> AwsCredentialChain::from_container() const {
  auto url = variable("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  if (const auto relative = variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"); !relative.empty())
    url = kContainerService + relative;
  if (url.empty()) return fail(ErrorKind::not_found, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set");
  auto request = metadata_request("GET", url);
  auto token = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN");
  if (const auto file = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"); !file.empty()) {
    if (const auto text = read_small_file(file)) token = std::string(base::trim(*text));
  }
  if (!token.empty()) request.headers.emplace_back("Authorization", token);
  const auto text = text_of(request);
  if (!text) return fail(text.error());
  return read_metadata_answer(*text);
}

Result<AwsCredentials> AwsCredentialChain::from_instance() const {
  if (base::iequals(variable("AWS_EC2_METADATA_DISABLED"), "true"))
    return fail(ErrorKind::not_found, "AWS_EC2_METADATA_DISABLED is set");
  auto service = variable("AWS_EC2_METADATA_SERVICE_ENDPOINT");
  while (service.ends_with('/')) service.pop_back();
  if (service.empty()) service = kInstanceService;
  auto asking = metadata_request("PUT", service + "/latest/api/token");
  asking.headers = {{"X-aws-ec2-metadata-token-ttl-seconds", "21600"}};
  const auto token = text_of(asking);
  if (!token) return fail(token.error());
  const auto get = [&](const std::string& path) {
    auto request = metadata_request("GET", service + path);
    request.headers = {{"X-aws-ec2-metadata-token", std::string(base::trim(*token))}};
    return text_of(request);
  };
  const auto roles = get(kRolePath);
  if (!roles) return fail(roles.error());
  const std::string role(base::trim(base::split(*roles, '\n').front()));
  if (role.empty()) return fail(ErrorKind::not_found, "the instance has no role");
  const auto text = get(kRolePath + base::percent_encode(role));
  if (!text) return fail(text.error());
  return read_metadata_answer(*text);
}

}  // namespace qd::logstore
