// The member's figures, and the cluster's as this member sees them: as Prometheus text, and as JSON in the form that
// clients of the peer know ("System metrics" in its API documentation).
#pragma once

#include <vector>

#include "api/services.hpp"
#include "base/json.hpp"
#include "base/metrics.hpp"
#include "http/message.hpp"

namespace qd::api {

// What was counted where it happened, and what is read now.
std::vector<base::MetricFamily> all_metrics(Services& services);

http::Response prometheus(Services& services);
// {version, gauges, counters, histograms, meters, timers}, each by name. Families with labels are summed up.
JsonObject metrics_json(Services& services);

}  // namespace qd::api
