#include "service/members_now.hpp"

#include "store/member_store.hpp"

namespace qd::service {
namespace {

using cluster::Standing;

Standing standing_of(model::Member::State state) {
  switch (state) {
    case model::Member::State::live:
      return Standing::active;
    case model::Member::State::leaving:
      return Standing::leaving;
    case model::Member::State::stopped:
      return Standing::stopped;
    case model::Member::State::dead:
      return Standing::dead;
  }
  return Standing::dead;
}

cluster::ClusterView read_members(store::Database& database) {
  cluster::ClusterView view;
  view.now = database.now();
  for (model::Member& member : store::MemberStore(database).list()) {
    const Millis age{view.now - member.beat};
    const Standing standing = standing_of(member.state);
    view.members.push_back({std::move(member), standing, age, ""});
  }
  return view;
}

}  // namespace

cluster::ClusterView members_now(store::Database& database, const cluster::ClusterView& judged) {
  auto view = read_members(database);
  for (cluster::MemberView& now : view.members) {
    const auto* seen = judged.find(now.member.id.uuid);
    if (now.member.state != model::Member::State::live || seen == nullptr || seen->member.id != now.member.id) continue;
    now.standing = seen->standing;
    now.reason = seen->reason;
  }
  return view;
}

}  // namespace qd::service
