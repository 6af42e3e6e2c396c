// What metrics tell of the whole cluster: its members, and what waits in the database. However often it is asked, the
// database is read at most once a second.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>

#include "cluster/membership.hpp"
#include "store/backlog_store.hpp"

namespace qd::service {

struct ClusterReading {
  store::Backlog backlog;
  cluster::ClusterView members;
  double seconds = 0;  // what reading took
};

// Thread-safe; blocks on the database.
class Observation {
 public:
  // `judged` is what the watching part of the cluster sees.
  Observation(store::Database& database, std::function<cluster::ClusterView()> judged);

  // Nullopt: the database cannot be read now.
  std::optional<ClusterReading> read();

 private:
  std::optional<ClusterReading> read_now();

  store::Database& database_;
  const std::function<cluster::ClusterView()> judged_;
  std::mutex reading_;  // held while the database is read; guards what follows
  std::chrono::steady_clock::time_point fresh_until_{};
  std::optional<ClusterReading> last_;
};

}  // namespace qd::service
