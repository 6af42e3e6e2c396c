// Counters and histograms of this process, kept where things happen:
//
//   const base::CounterFamily sent{"quarterdeck_messages_sent_total", "Messages to other members", "kind"};
//   sent.with("run").add();
//
// A family is made once, at namespace scope of the file that counts, and is in the exposition from then on; its
// counters appear with their first use, or at once when their label's values are named. Names, types and units follow
// Prometheus: base units (seconds, bytes), counters end in `_total`. What can be read when it is asked for (sizes of
// pools and queues) is no matter of this file: see api/metrics.cpp.
#pragma once

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace qd::base {

class Counter {
 public:
  void add(double amount = 1) { value_.fetch_add(amount, std::memory_order_relaxed); }
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_{0};
};

// Buckets as Prometheus counts them: how many observations were at most `bound`.
class Histogram {
 public:
  explicit Histogram(std::vector<double> bounds);
  void observe(double value);

  struct Reading {
    std::vector<double> bounds;
    std::vector<std::uint64_t> counts;  // cumulative, of each bound; then of all
    double sum = 0;
  };
  Reading read() const;

 private:
  const std::vector<double> bounds_;
  std::vector<std::atomic<std::uint64_t>> counts_;
  Counter sum_;
};

struct MetricSample {
  std::vector<std::string> labels;  // values, in the order of the family's label names
  double value = 0;
  Histogram::Reading histogram = {};
};
struct MetricFamily {
  std::string name, type, help;  // type: counter, gauge, histogram
  std::vector<std::string> label_names;
  std::vector<MetricSample> samples = {};
};

// Thread-safe. Values of labels are few and never come from outside: each makes a series for ever.
class CounterFamily {
 public:
  // `label` holds names of labels, separated by commas; "" for none. `known` values of a single label begin at 0.
  CounterFamily(std::string name, std::string help, std::string_view label = {},
                std::initializer_list<std::string> known = {});
  ~CounterFamily();
  CounterFamily(const CounterFamily&) = delete;
  CounterFamily& operator=(const CounterFamily&) = delete;

  Counter& with(const std::vector<std::string>& values) const;
  Counter& with(const std::string& value) const { return with(std::vector<std::string>{value}); }
  void add(double amount = 1) const { with(std::vector<std::string>{}).add(amount); }

  struct Inside;

 private:
  std::shared_ptr<Inside> inside_;
};

class HistogramFamily {
 public:
  HistogramFamily(std::string name, std::string help, std::vector<double> bounds, std::string_view label = {},
                  std::initializer_list<std::string> known = {});
  ~HistogramFamily();
  HistogramFamily(const HistogramFamily&) = delete;
  HistogramFamily& operator=(const HistogramFamily&) = delete;

  Histogram& with(const std::vector<std::string>& values) const;
  Histogram& with(const std::string& value) const { return with(std::vector<std::string>{value}); }
  void observe(double value) const { with(std::vector<std::string>{}).observe(value); }

  struct Inside;

 private:
  std::shared_ptr<Inside> inside_;
};

// Every family that there is, by name.
std::vector<MetricFamily> collect_metrics();
// The exposition format of Prometheus, version 0.0.4.
std::string prometheus_text(const std::vector<MetricFamily>& families);

}  // namespace qd::base
