// Use cases on the members of the cluster: who they are, what happened, and their execution mode.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "auth/identity.hpp"
#include "base/result.hpp"
#include "cluster/membership.hpp"
#include "store/cluster_event_store.hpp"
#include "store/schedule_store.hpp"

namespace qd::service {

// What the cluster's own part does; cluster::ClusterLogic has these functions.
struct ClusterLinks {
  std::function<cluster::ClusterView()> view;
  std::function<Result<cluster::Membership::ModeAnswer>(const std::string& uuid, bool active, const std::string& by)>
      request_mode;
};

struct MemberList {
  cluster::ClusterView view;
  std::map<std::string, std::int64_t> schedules;  // owned, by uuid; also of owners that are no members
};

struct EventPage {
  std::vector<store::ClusterEvent> events;  // newest first
  bool more = false;
  std::map<std::string, std::string> names;  // of members, by uuid
};

// Thread-safe; blocks on the database.
class Cluster {
 public:
  Cluster(ClusterLinks links, store::Database& database, std::string own_uuid)
      : links_(std::move(links)),
        database_(database),
        schedules_(database),
        events_(database),
        own_uuid_(std::move(own_uuid)) {}

  const std::string& own_uuid() const { return own_uuid_; }
  Result<MemberList> members(const auth::Identity& who);
  Result<EventPage> events(const auth::Identity& who, store::ClusterEventQuery query);
  // `complete` for this member; `pending` for another one, which does it when it reads the request.
  Result<cluster::Membership::ModeAnswer> set_mode(const auth::Identity& who, const std::string& uuid, bool active);

 private:
  cluster::ClusterView current_view();

  const ClusterLinks links_;
  store::Database& database_;
  store::ScheduleStore schedules_;
  store::ClusterEventStore events_;
  const std::string own_uuid_;
};

}  // namespace qd::service
