// Values of options that a URL gives, https://…, http://… or file:/…, or a plugin.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "http/address_blocks.hpp"
#include "model/job.hpp"
#include "model/option_rules.hpp"
#include "model/option_values.hpp"
#include "plugin/script.hpp"
#include "vault/secret_reader.hpp"

namespace qd::engine {

struct RemoteOptionsConfig {
  std::chrono::seconds timeout{10};         // rundeck.jobs.options.remoteUrlTimeout; of one attempt
  std::chrono::seconds connect_timeout{5};  // rundeck.jobs.options.remoteUrlConnectionTimeout
  std::int64_t attempts = 5;                // rundeck.jobs.options.remoteUrlRetry
  std::shared_ptr<const http::AddressBlocks> blocked;
  std::string node_name, server_uuid, base_folder;  // what ${rundeck.…} says
  std::map<std::string, std::string> settings;      // framework properties, framework.globals.* among them
  vault::SecretReader read_secret;                  // empty: there is no key storage
  const plugin::ScriptParts* plugins = nullptr;     // that give values too; null: none
};

// Thread-safe; blocks until the answer is there, at most a minute.
class RemoteOptions {
 public:
  explicit RemoteOptions(RemoteOptionsConfig config) : config_(std::move(config)) {}

  static bool gives_values(const model::Option& option) {
    return !option.values_url.empty() || !option.values_plugin.empty();
  }

  // The values of `option` when the others are as `chosen` says. Errors name the URL without its secrets.
  Result<std::vector<model::RemoteValue>> values(const model::Job& job, const model::Option& option,
                                                 const model::OptionValues& chosen, const vault::SecretUser& user,
                                                 const std::map<std::string, std::string>& project_config) const;

  // Gives options whose value must be one of those of a URL these values. Where they cannot be had, any value is
  // taken, as with the peer: the URL's server being away must not stop every job.
  void fill_enforced(model::Job& job, const model::OptionValues& given, const vault::SecretUser& user,
                     const std::map<std::string, std::string>& project_config) const;

 private:
  Result<std::vector<model::RemoteValue>> values_of_plugin(
      const model::Job& job, const model::Option& option, const model::OptionValues& chosen,
      const vault::SecretUser& user, const std::map<std::string, std::string>& project_config) const;
  Result<std::string> fetch(const model::Option& option, const std::string& url, bool any_type,
                            const vault::SecretUser& user) const;

  RemoteOptionsConfig config_;
};

}  // namespace qd::engine
