#include "cluster/remote_policy.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "cluster/remote_policy_load.hpp"

namespace qd::cluster {
namespace {

using CandidateList = std::vector<const Candidate*>;

Decision decide_for(const std::string& uuid, std::string reason) {
  return {Decision::Kind::member, uuid, std::move(reason)};
}

Decision decide_for_nobody(const Policy& policy, const std::string& why) {
  const std::string whose = policy.profile.empty() ? "" : " of profile " + policy.profile;
  return {Decision::Kind::nobody, "", std::string("policy ") + to_text(policy.kind) + whose + ": " + why};
}

bool is_available(const Policy& policy, const Candidate& member) {
  return member.alive && (member.active || !policy.active_only);
}

bool list_allows(const Policy& policy, const Candidate& member, const std::string& self) {
  return policy.allowed.empty() ||
         std::ranges::any_of(policy.allowed, [&](const MemberPattern& p) { return p.matches(member.uuid, self); });
}

template <class Condition>
CandidateList keep_those(const CandidateList& members, Condition condition) {
  CandidateList kept;
  std::ranges::copy_if(members, std::back_inserter(kept), [&](const Candidate* member) { return condition(*member); });
  return kept;
}

std::string available_words(const Policy& policy) {
  return policy.active_only ? "member that is active" : "member that is alive";
}

std::string allowed_words(const Policy& policy) {
  std::vector<std::string> texts;
  for (const auto& pattern : policy.allowed) texts.push_back(pattern.text);
  return base::join(texts, ", ");
}

Decision choose_preset(const Policy& policy, const std::vector<Candidate>& candidates) {
  for (const auto& member : candidates) {
    if (!base::iequals(member.uuid, policy.uuid)) continue;
    if (!member.alive) return decide_for_nobody(policy, "member " + policy.uuid + " is not alive");
    if (!is_available(policy, member)) return decide_for_nobody(policy, "member " + policy.uuid + " is not active");
    return decide_for(member.uuid, "Preset");
  }
  return decide_for_nobody(policy, "there is no member " + policy.uuid);
}

const Candidate* next_in_turn(const Policy& policy, const CandidateList& members, ChooserState& state) {
  std::string& last = state.last_uuid[policy.profile];
  const auto by_uuid = [](const Candidate* a, const Candidate* b) { return a->uuid < b->uuid; };
  const Candidate* next = nullptr;
  for (const auto* member : members) {
    if (member->uuid > last && (next == nullptr || by_uuid(member, next))) next = member;
  }
  if (next == nullptr) next = *std::ranges::min_element(members, by_uuid);
  last = next->uuid;
  return next;
}

}  // namespace

Decision choose(const Policy& policy, const std::vector<Candidate>& candidates, const std::string& self,
                RandomSource& random, ChooserState& state) {
  if (policy.kind == PolicyKind::none) return decide_for(self, "None");
  if (policy.kind == PolicyKind::queue) return {Decision::Kind::queue, "", "Queue"};
  if (policy.kind == PolicyKind::preset) return choose_preset(policy, candidates);

  CandidateList members;
  for (const auto& candidate : candidates) {
    if (is_available(policy, candidate)) members.push_back(&candidate);
  }
  if (members.empty()) return decide_for_nobody(policy, "there is no " + available_words(policy));
  members = keep_those(members, [&](const Candidate& member) { return list_allows(policy, member, self); });
  if (members.empty()) {
    return decide_for_nobody(policy, "no " + available_words(policy) + " is allowed by " + allowed_words(policy));
  }
  members = keep_those(members, [&](const auto& m) { return policy.allowed_tags.matches(m.tags, m.uuid == self); });
  if (members.empty()) {
    return decide_for_nobody(policy, "no " + available_words(policy) + (policy.allowed.empty() ? "" : " and allowed") +
                                         " has the tags " + policy.allowed_tags.text +
                                         " (a comma means or, + means and)");
  }
  const auto preferred =
      keep_those(members, [&](const auto& m) { return policy.preferred_tags.matches(m.tags, m.uuid == self); });
  if (!preferred.empty()) members = preferred;

  const Candidate* chosen = nullptr;
  if (policy.kind == PolicyKind::round_robin) {
    chosen = next_in_turn(policy, members, state);
  } else if (policy.kind == PolicyKind::load) {
    chosen = choose_by_load(policy, members, random);
  } else {
    chosen = members[std::uniform_int_distribution<std::size_t>(0, members.size() - 1)(random)];
  }
  return decide_for(chosen->uuid, std::string(to_text(policy.kind)) + " among " + std::to_string(members.size()) +
                                      (members.size() == 1 ? " member" : " members"));
}

bool may_run(const Policy& policy, const Candidate& member, const std::string& origin) {
  if (policy.kind == PolicyKind::none) return member.uuid == origin;
  if (!is_available(policy, member)) return false;
  if (policy.kind == PolicyKind::preset) return base::iequals(member.uuid, policy.uuid);
  return list_allows(policy, member, origin) && policy.allowed_tags.matches(member.tags, member.uuid == origin);
}

}  // namespace qd::cluster
