// What became of the messages about an execution.
#pragma once

#include <vector>

#include "model/execution.hpp"
#include "store/delivery_store.hpp"

namespace qd::service {

// Thread-safe; blocks on the database.
class Notifications {
 public:
  explicit Notifications(store::DeliveryStore& deliveries) : deliveries_(deliveries) {}

  // Of an execution that was found, and so authorised, before; oldest first.
  std::vector<store::Delivery> of(const model::Execution& execution) { return deliveries_.of_execution(execution.id); }

 private:
  store::DeliveryStore& deliveries_;
};

}  // namespace qd::service
