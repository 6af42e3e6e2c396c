// Sends spans to an OpenTelemetry collector (OTLP/HTTP, JSON), in batches, from a thread of its own.
//
// Work is never held up: the queue is bounded, and what finds it full, or what the collector does not take at the
// second attempt, is dropped and counted (quarterdeck_traces_dropped_total).
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/trace.hpp"
#include "telemetry/otlp.hpp"

namespace qd::telemetry {

struct ExporterConfig {
  std::string endpoint;  // of the collector; see traces_url()
  std::vector<std::pair<std::string, std::string>> headers;
  Resource resource;
  std::size_t queue = 4096;  // spans that may wait
  std::size_t batch = 512;
  std::chrono::milliseconds interval{1'000};  // between batches that are not full
  std::chrono::milliseconds timeout{5'000};   // of one request
};

// Thread-safe. While it lives and runs, it is where the process' spans go.
class Exporter {
 public:
  explicit Exporter(ExporterConfig config);
  ~Exporter();
  Exporter(const Exporter&) = delete;
  Exporter& operator=(const Exporter&) = delete;

  void start();
  void stop() noexcept;  // sends what waits, once; returns after at most one timeout and a little

 private:
  void take(base::SpanData&& span);
  void run();
  bool send(const std::vector<base::SpanData>& batch);

  const ExporterConfig config_;
  const std::string url_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<base::SpanData> waiting_;
  bool stopping_ = false;
  std::thread thread_;
  bool failing_ = false;  // of the thread alone
};

}  // namespace qd::telemetry
