#include "service/cluster.hpp"

#include "service/access.hpp"
#include "service/members_now.hpp"

namespace qd::service {
// What people see, and what requests choose by.
cluster::ClusterView Cluster::current_view() {
  return members_now(database_, links_.view());
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
