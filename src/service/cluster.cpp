#include "service/cluster.hpp"

#include "service/access.hpp"
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

// What the watching part judged holds for the life that it judged; all else is read now, so that a change shows at
// once.
cluster::ClusterView Cluster::current_view() {
  auto view = read_members(database_);
  const auto judged = links_.view();
  for (cluster::MemberView& now : view.members) {
    const auto* seen = judged.find(now.member.id.uuid);
    if (now.member.state != model::Member::State::live || seen == nullptr || seen->member.id != now.member.id) continue;
    now.standing = seen->standing;
    now.reason = seen->reason;
  }
  return view;
}

Result<MemberList> Cluster::members(const auth::Identity& who) {
  if (auto right = require(who, {"system", "view_cluster", ""}, "System", "cluster"); !right)
    return fail(right.error());
  return MemberList{current_view(), schedules_.count_by_owner()};
}

Result<EventPage> Cluster::events(const auth::Identity& who, store::ClusterEventQuery query) {
  if (auto right = require(who, {"system", "view_cluster", ""}, "System", "cluster"); !right)
    return fail(right.error());
  EventPage page;
  const std::size_t max = query.max;
  query.max = max + 1;
  page.events = events_.list(query);
  page.more = page.events.size() > max;
  if (page.more) page.events.resize(max);
  for (const cluster::MemberView& view : current_view().members)
    page.names.emplace(view.member.id.uuid, view.member.name);
  return page;
}

Result<cluster::Membership::ModeAnswer> Cluster::set_mode(const auth::Identity& who, const std::string& uuid,
                                                          bool active) {
  const char* action = active ? "enable_executions" : "disable_executions";
  if (auto right = require(who, {"system", action, ""}, "System", "execution mode"); !right) return fail(right.error());
  return links_.request_mode(uuid, active, who.user);
}

}  // namespace qd::service
