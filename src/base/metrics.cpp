#include "base/metrics.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <map>
#include <mutex>

#include "base/text.hpp"

namespace qd::base {

Histogram::Histogram(std::vector<double> bounds) : bounds_(std::move(bounds)), counts_(bounds_.size() + 1) {}

void Histogram::observe(double value) {
  const auto bucket = std::ranges::lower_bound(bounds_, value) - bounds_.begin();
  counts_[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  sum_.add(value);
}

Histogram::Reading Histogram::read() const {
  Reading reading{bounds_, {}, sum_.value()};
  std::uint64_t total = 0;
  for (const auto& count : counts_) reading.counts.push_back(total += count.load(std::memory_order_relaxed));
  return reading;
}

namespace {

// Every family of the process. Families live as long as the process, but for those of tests.
class MetricRegistry {
 public:
  using Read = std::function<MetricFamily()>;
  static MetricRegistry& instance() {
    static MetricRegistry registry;
    return registry;
  }
  void add(const void* family, Read read) {
    const std::lock_guard lock(mutex_);
    reads_.emplace(family, std::move(read));
  }
  void remove(const void* family) {
    const std::lock_guard lock(mutex_);
    reads_.erase(family);
  }
  std::vector<MetricFamily> collect() {
    std::vector<MetricFamily> all;
    const std::lock_guard lock(mutex_);
    for (const auto& [family, read] : reads_) all.push_back(read());
    std::ranges::sort(all, {}, &MetricFamily::name);
    return all;
  }

 private:
  std::mutex mutex_;
  std::map<const void*, Read> reads_;
};

// The series of one family, by the values of its labels.
template <class Series>
struct SeriesMap {
  std::string name, help;
  std::vector<std::string> label_names;
  mutable std::mutex mutex{};
  std::map<std::vector<std::string>, std::unique_ptr<Series>> series{};

  template <class Make>
  Series& find(const std::vector<std::string>& values, Make make) {
    const std::lock_guard lock(mutex);
    auto& one = series[values];
    if (!one) one = make();
    return *one;
  }
};

std::string series_labels(const std::vector<std::string>& names, const std::vector<std::string>& values,
                          std::string_view bound = {}) {
  std::string text;
  const auto add = [&](std::string_view name, std::string_view value) {
    const auto escaped = replace_all(replace_all(replace_all(value, "\\", "\\\\"), "\"", "\\\""), "\n", "\\n");
    text += (text.empty() ? "" : ",") + std::string(name) + "=\"" + escaped + "\"";
  };
  for (std::size_t i = 0; i < std::min(names.size(), values.size()); ++i) add(names[i], values[i]);
  if (!bound.empty()) add("le", bound);
  return text.empty() ? text : "{" + text + "}";
}

std::string metric_number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  char text[64];
  const auto end = std::to_chars(std::begin(text), std::end(text), value).ptr;
  return {text, end};
}

void write_histogram(std::string& out, const MetricFamily& family, const MetricSample& sample) {
  const auto& reading = sample.histogram;
  for (std::size_t i = 0; i < reading.counts.size(); ++i) {
    const auto bound = i < reading.bounds.size() ? metric_number(reading.bounds[i]) : std::string("+Inf");
    out += family.name + "_bucket" + series_labels(family.label_names, sample.labels, bound) + " " +
           std::to_string(reading.counts[i]) + "\n";
  }
  const auto labels = series_labels(family.label_names, sample.labels);
  out += family.name + "_sum" + labels + " " + metric_number(reading.sum) + "\n";
  out += family.name + "_count" + labels + " " + std::to_string(reading.counts.back()) + "\n";
}

}  // namespace

struct CounterFamily::Inside : SeriesMap<Counter> {};

CounterFamily::CounterFamily(std::string name, std::string help, std::string_view label,
                             std::initializer_list<std::string> known)
    : inside_(std::make_shared<Inside>()) {
  inside_->name = std::move(name);
  inside_->help = std::move(help);
  inside_->label_names = split_trimmed(label, ',');
  for (const auto& value : known) with(value);
  if (label.empty()) with(std::vector<std::string>{});
  MetricRegistry::instance().add(this, [inside = inside_] {
    MetricFamily family{inside->name, "counter", inside->help, inside->label_names};
    const std::lock_guard lock(inside->mutex);
    for (const auto& [values, counter] : inside->series) family.samples.push_back({values, counter->value()});
    return family;
  });
}

CounterFamily::~CounterFamily() {
  MetricRegistry::instance().remove(this);
}

Counter& CounterFamily::with(const std::vector<std::string>& values) const {
  return inside_->find(values, [] { return std::make_unique<Counter>(); });
}

struct HistogramFamily::Inside : SeriesMap<Histogram> {
  std::vector<double> bounds;
};

HistogramFamily::HistogramFamily(std::string name, std::string help, std::vector<double> bounds, std::string_view label,
                                 std::initializer_list<std::string> known)
    : inside_(std::make_shared<Inside>()) {
  inside_->name = std::move(name);
  inside_->help = std::move(help);
  inside_->bounds = std::move(bounds);
  inside_->label_names = split_trimmed(label, ',');
  for (const auto& value : known) with(value);
  if (label.empty()) with(std::vector<std::string>{});
  MetricRegistry::instance().add(this, [inside = inside_] {
    MetricFamily family{inside->name, "histogram", inside->help, inside->label_names};
    const std::lock_guard lock(inside->mutex);
    for (const auto& [values, histogram] : inside->series) family.samples.push_back({values, 0, histogram->read()});
    return family;
  });
}

HistogramFamily::~HistogramFamily() {
  MetricRegistry::instance().remove(this);
}

Histogram& HistogramFamily::with(const std::vector<std::string>& values) const {
  return inside_->find(values, [this] { return std::make_unique<Histogram>(inside_->bounds); });
}

std::vector<MetricFamily> collect_metrics() {
  return MetricRegistry::instance().collect();
}

std::string prometheus_text(const std::vector<MetricFamily>& families) {
  std::string out;
  for (const MetricFamily& family : families) {
    out += "# HELP " + family.name + " " + family.help + "\n# TYPE " + family.name + " " + family.type + "\n";
    for (const MetricSample& sample : family.samples) {
      if (family.type == "histogram") {
        write_histogram(out, family, sample);
      } else {
        out +=
            family.name + series_labels(family.label_names, sample.labels) + " " + metric_number(sample.value) + "\n";
      }
    }
  }
  return out;
}

}  // namespace qd::base
