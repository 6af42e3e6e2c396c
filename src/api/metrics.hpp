// The member's figures: one table, shown as Prometheus text and as JSON.
#pragma once

#include "api/services.hpp"
#include "base/json.hpp"
#include "http/message.hpp"

namespace qd::api {

http::Response prometheus(Services& services);
// {counters, gauges} by name
JsonObject metrics_json(Services& services);

}  // namespace qd::api
