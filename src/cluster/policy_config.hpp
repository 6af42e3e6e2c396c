// Remote execution policies as rundeck-config.properties writes them: the keys below
// `rundeck.clusterMode.remoteExecution.` of the peer's docs/administration/configuration/remote-job-execution.md, and
// the policy `Queue`, which is ours. Plain values; names are case-sensitive, as documented.
//
// Where that page says nothing: a profile takes each key that it does not set from the default policy; without
// `allowed` every member is; `activeOnly` is true; `criteria` are threadRatio and load, equally weighted; `groupWeight`
// is 4,3,2.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/regex.hpp"

namespace qd::cluster {

enum class PolicyKind { none, random, round_robin, preset, load, queue };
const char* to_text(PolicyKind kind);  // as the key writes it: "RoundRobin"

// One entry of `allowed`. `self` is the member that forwards.
struct MemberPattern {
  enum class Kind { self, other, uuid, regex } kind = Kind::self;
  std::string text;                           // as it was written
  std::shared_ptr<const model::Regex> regex;  // of the whole uuid
  bool matches(const std::string& uuid, const std::string& self) const;
};

// "db+linux,web": both db and linux, or web. `*` asks for nothing, and so does the empty rule. Only the member that
// forwards has the tag Self.
struct TagRule {
  std::string text;
  std::vector<std::set<std::string>> any_of;
  bool matches(const std::set<std::string>& tags, bool is_self) const;
};

struct Criterion {
  enum class Kind { thread_ratio, load } kind = Kind::load;
  double weight = 1;
};

struct Policy {
  std::string profile;  // "" of the default policy
  PolicyKind kind = PolicyKind::none;
  std::vector<MemberPattern> allowed;  // empty: every member
  TagRule allowed_tags, preferred_tags;
  bool active_only = true;
  std::string uuid;                                                                                 // of Preset
  std::vector<Criterion> criteria{{Criterion::Kind::thread_ratio, 1}, {Criterion::Kind::load, 1}};  // of Load
  std::vector<double> group_weights{4, 3, 2};  // of Load: one for each group, least loaded first
};

struct PolicyConfig {
  Policy standard;
  std::map<std::string, Policy> profiles;
  std::map<std::string, std::string> profile_of;  // project → profile
  bool scheduled_at_execution = true;  // false: where a scheduled job runs is judged once, when it is scheduled
  std::vector<std::string> warnings;   // keys that say nothing here, one sentence each

  // The policy of its profile, else the default one.
  const Policy& for_project(const std::string& project) const;
};

// `properties` may hold other keys too. The error has one line for each wrong value: key, value, what is allowed.
Result<PolicyConfig> parse_policy_config(const std::map<std::string, std::string>& properties);

}  // namespace qd::cluster
