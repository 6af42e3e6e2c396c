#include "telemetry/exporter.hpp"

#include <algorithm>
#include <pthread.h>

#include "base/logging.hpp"
#include "base/metrics.hpp"
#include "http/client.hpp"

namespace qd::telemetry {
namespace {

constexpr std::size_t kMostOfAnswer = 64u << 10;

const base::CounterFamily spans_sent{"quarterdeck_traces_sent_total", "Spans that the collector of traces took"};
const base::CounterFamily spans_dropped{
    "quarterdeck_traces_dropped_total", "Spans that were dropped", "reason", {"queue_full", "not_taken"}};

}  // namespace

Exporter::Exporter(ExporterConfig config) : config_(std::move(config)), url_(traces_url(config_.endpoint)) {}

Exporter::~Exporter() {
  stop();
}

void Exporter::start() {
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "traces");
    run();
  });
  base::set_span_sink([this](base::SpanData&& span) { take(std::move(span)); });
}

void Exporter::stop() noexcept {
  if (!thread_.joinable()) return;
  base::set_span_sink({});
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Exporter::take(base::SpanData&& span) {
  const std::lock_guard lock(mutex_);
  if (stopping_ || waiting_.size() >= config_.queue) return spans_dropped.with("queue_full").add();
  waiting_.push_back(std::move(span));
  if (waiting_.size() == config_.batch) changed_.notify_all();
}

void Exporter::run() {
  for (bool last = false; !last;) {
    std::vector<base::SpanData> batch;
    {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, config_.interval, [this] { return stopping_ || waiting_.size() >= config_.batch; });
      const auto count = std::min(waiting_.size(), config_.batch);
      const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(count);
      batch.assign(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end));
      waiting_.erase(waiting_.begin(), end);
      last = stopping_ && (waiting_.empty() || failing_);
    }
    if (batch.empty()) continue;
    if (send(batch) || (!last && send(batch))) {
      spans_sent.add(static_cast<double>(batch.size()));
    } else {
      spans_dropped.with("not_taken").add(static_cast<double>(batch.size()));
    }
  }
}

// Says once that it fails, and once that it works again.
bool Exporter::send(const std::vector<base::SpanData>& batch) {
  http::ClientRequest request;
  request.method = "POST";
  request.url = url_;
  request.headers = config_.headers;
  request.headers.emplace_back("Content-Type", "application/json");
  request.body = boost::json::serialize(export_request(batch, config_.resource));
  request.connect_timeout = std::min(config_.timeout, std::chrono::milliseconds(2'000));
  request.timeout = config_.timeout;
  request.max_bytes = kMostOfAnswer;
  request.follow_redirects = false;
  const auto answer = http::fetch(request);
  const bool taken = answer && answer->status >= 200 && answer->status < 300;
  if (!taken && !failing_) {
    base::log_warn("telemetry",
                   "traces do not arrive and are dropped: " +
                       (answer ? "the collector answers " + std::to_string(answer->status) : answer.error().message));
  }
  if (taken && failing_) base::log_info("telemetry", "traces arrive again");
  failing_ = !taken;
  return taken;
}

}  // namespace qd::telemetry
