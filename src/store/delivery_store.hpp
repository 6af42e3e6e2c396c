// Messages about executions on their way to those who want to be told: written with what they tell of, leased by a
// member for each attempt, kept for a while after their end.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/execution.hpp"
#include "model/member.hpp"
#include "store/database.hpp"

namespace qd::store {

struct Delivery {
  std::int64_t id = 0;
  model::ExecutionId execution = 0;
  std::string project;
  std::string trigger;            // "success"
  std::string kind;               // "email", "webhook", "plugin"
  std::string type;               // provider of a plugin
  std::string target;             // whom, for people to read: no credentials in it
  std::string content;            // what to send, as JSON text; its shape is that of the kind
  std::string member;             // uuid of the member that wrote it, which has the log; others wait a little for it
  std::string state = "waiting";  // waiting, sent, failed
  std::int64_t attempts = 0;
  UnixMillis created = 0, due = 0;
  Millis age{0};  // when it was leased
  std::optional<UnixMillis> ended;
  std::string outcome;  // what the last attempt came to
  bool operator==(const Delivery&) const = default;
};

// Thread-safe. The functions that take a Session are part of the caller's transaction.
class DeliveryStore {
 public:
  explicit DeliveryStore(Database& database) : database_(database) {}

  static void insert(Session& session, const std::vector<Delivery>& deliveries);

  struct Lease {
    model::Incarnation holder;
    Millis length{0};
    Millis patience{0};  // how long what another live member wrote is left to it
    std::size_t max = 1;
    Millis silence{300'000};  // another member whose last heartbeat is older is gone, whatever its row says
  };
  // Takes what is due and nobody holds, oldest first, for one attempt each. What a member held that is gone is free.
  // Nothing when the holder was declared dead.
  std::vector<Delivery> lease(const Lease& lease);

  // Of a leased one; without effect when the lease was lost. `attempts` as lease() gave it.
  void sent(const Delivery& delivery, const std::string& outcome);
  void try_later(const Delivery& delivery, Millis pause, const std::string& outcome);
  void give_up(const Delivery& delivery, const std::string& outcome);
  void hand_back(const Delivery& delivery);  // the attempt did not take place

  std::vector<Delivery> of_execution(model::ExecutionId execution);  // oldest first, at most 1,000
  std::int64_t prune(Millis age);                                    // of those that ended so long ago

 private:
  Database& database_;
};

}  // namespace qd::store
