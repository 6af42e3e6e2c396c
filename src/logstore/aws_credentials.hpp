// Where the keys for AWS come from: the settings, a file, the environment, a profile, the container, the instance.
//
// Source: the S3 log storage plugin's documentation, and "credential provider chain" of the AWS SDKs.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "base/result.hpp"
#include "logstore/log_store.hpp"
#include "logstore/sigv4.hpp"

namespace qd::logstore {

// Thread-safe; may block on files and on the metadata service (a few seconds at most).
class AwsCredentialChain {
 public:
  // Settings AWSAccessKeyId and AWSSecretKey, or AWSCredentialsFile (a properties file with accessKey and secretKey),
  // or profile; without them the environment, the shared files of AWS, the container's and the instance's service.
  AwsCredentialChain(Settings settings, std::map<std::string, std::string> environment, std::string region)
      : settings_(std::move(settings)), environment_(std::move(environment)), region_(std::move(region)) {}

  // Kept until they are about to end. The error lists where was looked.
  Result<AwsCredentials> get(UnixMillis now);
  void forget();  // the server refused them: look again next time

 private:
  using Found = Result<AwsCredentials>;
  Found look(UnixMillis now);
  Found from_settings() const;
  Found from_file(const std::string& path) const;
  Found from_environment() const;
  Found from_profile(const std::string& name, UnixMillis now, int depth) const;
  Found assume_role(const std::map<std::string, std::string>& profile, const AwsCredentials& source,
                    UnixMillis now) const;
  Found from_container() const;
  Found from_instance() const;
  std::string variable(const std::string& name) const;

  const Settings settings_;
  const std::map<std::string, std::string> environment_;
  const std::string region_;
  std::mutex mutex_;
  std::optional<AwsCredentials> known_;
};

// Sections of AWS's shared files, by name: "[profile x]" and "[x]" are both x. Pure.
std::map<std::string, std::map<std::string, std::string>> parse_aws_profiles(std::string_view text);

}  // namespace qd::logstore
