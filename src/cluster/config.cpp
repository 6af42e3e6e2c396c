#include "cluster/config.hpp"

#include <charconv>
#include <cmath>
#include <optional>

#include "base/text.hpp"

namespace qd::cluster {
namespace {

constexpr double longest_seconds = 366.0 * 24 * 3600;

// Reads keys one after the other; the first error stays.
class ConfigReader {
 public:
  explicit ConfigReader(const std::map<std::string, std::string>& properties) : properties_(properties) {}

  void flag(const std::string& key, bool& into) {
    const auto text = value(key);
    if (!text) return;
    const auto flag = base::parse_bool(*text);
    if (!flag) return refuse(key, "allowed are true and false");
    into = *flag;
  }

  void time(const std::string& key, Millis& into, Millis unit, bool zero_allowed) {
    const auto text = value(key);
    if (!text) return;
    double number = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    const bool whole = error == std::errc() && end == text->data() + text->size() && std::isfinite(number);
    const double millis = number * static_cast<double>(unit.count());
    const bool fits = millis >= 0 && millis <= longest_seconds * 1000 && (zero_allowed || millis >= 1);
    const std::string units = unit == Millis{1000} ? "seconds" : "minutes";
    if (!whole || !fits) {
      return refuse(key, "allowed is a number of " + units + (zero_allowed ? ", 0 or more" : ", more than 0") +
                             "; it may have a fraction, as in 0.5");
    }
    into = Millis{std::llround(millis)};
  }

  void policy(const std::string& key, TakeoverPolicy& into, bool remote_allowed) {
    const auto text = value(key);
    if (!text) return;
    if (base::iequals(*text, "Any")) {
      into = TakeoverPolicy::any;
    } else if (base::iequals(*text, "Static")) {
      into = TakeoverPolicy::fixed;
    } else if (remote_allowed && base::iequals(*text, "RemoteExecution")) {
      into = TakeoverPolicy::remote_execution;
    } else {
      refuse(key, remote_allowed ? "allowed are Any, Static and RemoteExecution" : "allowed are Any and Static");
    }
  }

  void takeover(const std::string& prefix, TakeoverConfig& into, bool remote_allowed) {
    flag(prefix + "enabled", into.enabled);
    policy(prefix + "policy", into.policy, remote_allowed);
    if (const auto text = value(prefix + "config.allowed")) {
      const auto uuids = base::split_trimmed(*text, ',');
      into.allowed = {uuids.begin(), uuids.end()};
    }
    time(prefix + "delay", into.delay, Millis{1000}, true);
    time(prefix + "sleep", into.sleep, Millis{1000}, true);
    if (into.policy == TakeoverPolicy::fixed && into.allowed.empty()) {
      refuse(prefix + "config.allowed", "with " + prefix + "policy=Static it must list the uuids of members");
    }
  }

  void require_more(const std::string& key, Millis value, const std::string& than_key, Millis than) {
    if (value <= than) refuse(key, "it must be more than " + than_key);
  }

  std::optional<Error> error;

 private:
  std::optional<std::string> value(const std::string& key) const {
    const auto found = properties_.find(key);
    if (found == properties_.end()) return std::nullopt;
    const auto text = base::trim(found->second);
    if (text.empty()) return std::nullopt;
    return std::string(text);
  }

  void refuse(const std::string& key, const std::string& allowed) {
    const auto text = value(key);
    if (error) return;
    error = Error{ErrorKind::invalid,
                  key + (text ? " = \"" + *text + "\"" : std::string(" (not set)")) + ": " + allowed + ".",
                  {}};
  }

  const std::map<std::string, std::string>& properties_;
};

}  // namespace

Result<ClusterConfig> parse_cluster_config(const std::map<std::string, std::string>& properties) {
  const std::string prefix = "rundeck.clusterMode.";
  constexpr Millis seconds{1000}, minutes{60'000};
  ClusterConfig config;
  ConfigReader read(properties);
  read.flag(prefix + "enabled", config.enabled);
  auto& heartbeat = config.heartbeat;
  read.time(prefix + "heartbeat.interval", heartbeat.interval, seconds, false);
  read.time(prefix + "heartbeat.delay", heartbeat.delay, seconds, true);
  read.time(prefix + "heartbeat.considerInactive", heartbeat.consider_inactive, seconds, false);
  read.time(prefix + "heartbeat.considerDead", heartbeat.consider_dead, seconds, false);
  read.require_more(prefix + "heartbeat.considerInactive", heartbeat.consider_inactive, prefix + "heartbeat.interval",
                    heartbeat.interval);
  read.require_more(prefix + "heartbeat.considerDead", heartbeat.consider_dead, prefix + "heartbeat.interval",
                    heartbeat.interval);
  read.takeover(prefix + "autotakeover.", config.autotakeover, true);
  read.takeover(prefix + "recoverExecutions.", config.recovery, false);
  read.flag(prefix + "remoteAbort.enabled", config.remote_abort);
  read.time(prefix + "remoteExec.process.interval", config.process_interval, seconds, false);
  read.time(prefix + "remoteExecution.cleanup.older.messages", config.message_life, minutes, false);
  read.flag(prefix + "fastFailureDetection", config.fast_failure_detection);
  if (read.error) return fail(*read.error);
  return config;
}

}  // namespace qd::cluster
