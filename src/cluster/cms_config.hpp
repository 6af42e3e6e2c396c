// How messages between members are encrypted: the keys below `rundeck.clusterMode.messaging.encryption.` of the peer's
// docs/administration/configuration/remote-job-execution.md. Algorithms have the names that Java gives them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace qd::cluster {

struct MessagingConfig {
  bool enabled = true;  // false: executions with secure options run where they are started
  int key_size = 2048;  // bits of RSA
  std::string signature_algorithm = "SHA256withRSA";
  int cert_validity_days = 3650;
  std::string encryption_algorithm = "AES128_CBC";
  std::vector<std::string> warnings = {};  // one sentence each
  bool operator==(const MessagingConfig&) const = default;
};

// `properties` may hold other keys too. A key size from 512 bits, the documented least, to 2047 is raised to 2048 with
// a warning: smaller keys can be broken. The error has one line for each wrong value: key, value, what is allowed.
Result<MessagingConfig> parse_messaging_config(const std::map<std::string, std::string>& properties);

}  // namespace qd::cluster
