#include "base/trace.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <random>

#include "base/text.hpp"

namespace qd::base {
namespace {

constexpr std::size_t kTraceDigits = 32, kSpanDigits = 16;

struct Sinks {
  std::mutex mutex;
  std::shared_ptr<const SpanSink> sink;
  std::atomic<bool> on{false};
};

Sinks& sinks() {
  static Sinks all;
  return all;
}

// Ids must be unique, not secret.
std::string random_id(std::size_t digits) {
  thread_local std::mt19937_64 random{std::random_device{}()};
  std::string bytes;
  while (bytes.size() * 2 < digits) {
    const auto word = random();
    bytes.append(reinterpret_cast<const char*>(&word), sizeof word);
  }
  return hex(bytes).substr(0, digits);
}

std::int64_t nanoseconds_now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(since).count();
}

bool is_id(std::string_view text, std::size_t digits) {
  const auto digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return text.size() == digits && std::ranges::all_of(text, digit) && text.find_first_not_of('0') != text.npos;
}

}  // namespace

void set_span_sink(SpanSink sink) {
  auto& all = sinks();
  const std::lock_guard lock(all.mutex);
  all.on = static_cast<bool>(sink);
  all.sink = sink ? std::make_shared<const SpanSink>(std::move(sink)) : nullptr;
}

bool tracing() {
  return sinks().on.load(std::memory_order_relaxed);
}

Span Span::begin(std::string name, SpanKind kind) {
  const auto& work = current_work();
  return begin(std::move(name), kind, work ? work->trace : TraceContext{});
}

Span Span::begin(std::string name, SpanKind kind, const TraceContext& parent) {
  Span span;
  if (!tracing()) return span;
  span.data_ = std::make_unique<SpanData>();
  span.data_->name = std::move(name);
  span.data_->kind = kind;
  span.data_->parent = parent.span_id;
  span.data_->context = {parent.trace_id.empty() ? random_id(kTraceDigits) : parent.trace_id, random_id(kSpanDigits)};
  span.data_->began = nanoseconds_now();
  return span;
}

Span::Span(Span&& other) noexcept = default;

Span& Span::operator=(Span&& other) noexcept {
  if (this != &other) {
    end();
    data_ = std::move(other.data_);
  }
  return *this;
}

Span::~Span() {
  end();
}

void Span::rename(std::string name) {
  if (data_) data_->name = std::move(name);
}

void Span::set(std::string_view name, std::string value) {
  if (data_) data_->attributes.emplace_back(name, std::move(value));
}

void Span::set(std::string_view name, std::int64_t value) {
  if (data_) data_->attributes.emplace_back(name, value);
}

void Span::fail(std::string why) {
  if (data_) data_->failure = std::move(why);
}

void Span::drop() {
  data_.reset();
}

void Span::end() {
  if (!data_) return;
  auto data = std::move(data_);
  data->ended = nanoseconds_now();
  std::shared_ptr<const SpanSink> sink;
  {
    auto& all = sinks();
    const std::lock_guard lock(all.mutex);
    sink = all.sink;
  }
  if (sink) (*sink)(std::move(*data));
}

WorkContext Span::work() const {
  auto work = work_now();
  if (data_) work.trace = data_->context;
  return work;
}

std::string traceparent_of(const TraceContext& context) {
  if (context.trace_id.empty()) return {};
  return "00-" + context.trace_id + "-" + context.span_id + "-01";
}

// "00-<32 digits>-<16 digits>-<flags>"; later versions may have more behind it.
TraceContext parse_traceparent(std::string_view header) {
  const auto parts = split(header, '-');
  if (parts.size() < 4 || parts[0].size() != 2 || parts[0] == "ff" || (parts[0] == "00" && parts.size() != 4))
    return {};
  if (!is_id(parts[1], kTraceDigits) || !is_id(parts[2], kSpanDigits)) return {};
  return {parts[1], parts[2]};
}

}  // namespace qd::base
