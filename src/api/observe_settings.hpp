// What of the server's inside can be seen over HTTP, and whether requests are logged.
#pragma once

namespace qd::api {

struct ObserveSettings {
  bool log_requests = false;  // a line of the server's log for each
  bool metrics = true;        // the page /metrics, for Prometheus
  bool api = true;            // any of the endpoints
  struct Endpoints {          // below /api/V/metrics
    bool metrics = true, threads = true, ping = true, healthcheck = true;
  } endpoints;
};

}  // namespace qd::api
